// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using Lateen.Agent;
using Lateen.Agent.Discovery;
using Lateen.Core;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;

namespace DataPlane.Tests.Agent;

/// <summary>The xDS client with the real store behind it, and a clock that only the test moves.</summary>
internal sealed class ClientUnderTest : IAsyncDisposable
{
    private readonly Published<ProxyRuntime> _runtime = new(ProxyRuntime.Empty);
    private readonly ProxyTelemetry _telemetry = new(1, WorkloadLabels.Nobody);
    private readonly CancellationTokenSource _stop = new();
    private readonly XdsClient _client;
    private readonly Task _running;

    public ClientUnderTest(int port, bool delta = true)
    {
        Store = new ConfigStore(_runtime, _telemetry, StoreTime);
        _client = new XdsClient(
            new Uri($"http://127.0.0.1:{port}"),
            delta,
            NodeBuilder.Build(Identity),
            new ResourceIntake(Store, Log),
            new Backoff(new HighRandom()),
            Log,
            Time
        );
        _running = _client.RunAsync(_stop.Token);
    }

    public static ProxyIdentity Identity { get; } =
        new()
        {
            Role = "sidecar",
            Address = "10.0.0.7",
            Name = "web-1",
        };

    public ConfigStore Store { get; }

    /// <summary>What the store goes by, which nobody else does.</summary>
    public ManualTime StoreTime { get; } = new();

    public WatchedTime Time { get; } = new();

    public LogLines Log { get; } = new();

    public bool IsConnected => _client.IsConnected;

    public ProxyRuntime Runtime => _runtime.Current;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _telemetry.Dispose();
        _stop.Dispose();
    }

    /// <summary>Jitter that waits (nearly) the whole interval.</summary>
    private sealed class HighRandom : Random
    {
        public override double NextDouble() => 1 - 1e-9;
    }
}
