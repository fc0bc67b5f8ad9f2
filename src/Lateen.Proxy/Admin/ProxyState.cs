// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.Admin;

/// <summary>Envoy's states of a server, with its numbers.</summary>
public enum ServerState : byte
{
    Live,
    Draining,
    PreInitializing,
    Initializing,
}

/// <summary>What the admin interface shows and may change of a running proxy.</summary>
public sealed class ProxyState(
    ConfigStore store,
    Published<ProxyRuntime> runtime,
    ProxyTelemetry telemetry,
    TimeProvider time
)
{
    private const int InboundDraining = 1;
    private const int AllDraining = 3;

    private readonly long _started = time.GetTimestamp();
    private int _draining;

    public required string Version { get; init; }

    public required string NodeId { get; init; }

    /// <summary>Stops accepting: inbound connections alone, or all. Called once for each.</summary>
    public required Action<bool> OnDrain { get; init; }

    /// <summary>Levels of the process's log.</summary>
    public required LogLevels LogLevels { get; init; }

    /// <summary>Pressure and runtime values.</summary>
    public required OverloadManager Overload { get; init; }

    /// <summary>Ends the process, drained or not.</summary>
    public required Action OnQuit { get; init; }

    /// <summary>Whether the control plane is connected.</summary>
    public required Func<bool> IsConnected { get; init; }

    public ConfigStore Store => store;

    public ProxyRuntime Runtime => runtime.Current;

    public ProxyTelemetry Telemetry => telemetry;

    public TimeSpan Uptime => time.GetElapsedTime(_started);

    public ServerState State =>
        Volatile.Read(ref _draining) != 0 ? ServerState.Draining
        : store.IsReady ? ServerState.Live
        : ServerState.Initializing;

    /// <summary>Traffic may come.</summary>
    public bool IsReady => State == ServerState.Live && !telemetry.Health.IsFailed;

    /// <param name="inboundOnly">Listeners for outbound traffic go on (Envoy <c>/drain_listeners?inboundonly</c>).</param>
    public void Drain(bool inboundOnly = false)
    {
        var before = Interlocked.Or(ref _draining, inboundOnly ? InboundDraining : AllDraining);
        if (before != AllDraining && !(inboundOnly && before != 0))
            OnDrain(inboundOnly);
    }

    /// <summary>Makes the proxy say it is not ready, or take that back (Envoy <c>/healthcheck/fail</c>).</summary>
    public void SetFailed(bool failed) => telemetry.Health.IsFailed = failed;
}
