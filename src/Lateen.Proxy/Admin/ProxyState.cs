// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Server;
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
    private readonly long _started = time.GetTimestamp();
    private int _isDraining;
    private int _isClosed;

    public required string Version { get; init; }

    public required string NodeId { get; init; }

    /// <summary>Lets connections end, in the way that is asked for. Called once for each step.</summary>
    public required Action<DrainRequest> OnDrain { get; init; }

    /// <summary>Levels of the process's log.</summary>
    public required LogLevels LogLevels { get; init; }

    /// <summary>Threads of the data plane, whose buffers and timers are counted.</summary>
    public IReadOnlyList<Worker> Workers { get; init; } = [];

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
        Volatile.Read(ref _isDraining) != 0 ? ServerState.Draining
        : store.IsLive ? ServerState.Live
        : ServerState.Initializing;

    /// <summary>The server is there, with whatever configuration has come (Envoy's <c>/ready</c>).</summary>
    public bool IsLive => State == ServerState.Live && !telemetry.Health.IsFailed;

    /// <summary>Traffic may come: configuration has, as Istio's readiness asks for.</summary>
    public bool IsReady => IsLive && store.IsReady;

    /// <summary>Starts to drain; a step that was taken is not taken again.</summary>
    public void Drain(DrainRequest request)
    {
        var scope = (int)request.Scope;
        var before = Max(ref request.IsGraceful ? ref _isDraining : ref _isClosed, scope);
        Max(ref _isDraining, scope);
        if (before < scope)
            OnDrain(request);
    }

    /// <summary>Makes the proxy say it is not ready, or take that back (Envoy <c>/healthcheck/fail</c>).</summary>
    public void SetFailed(bool failed) => telemetry.Health.IsFailed = failed;

    /// <summary>Raises a number, and returns what it was.</summary>
    private static int Max(ref int number, int value)
    {
        var before = Volatile.Read(ref number);
        while (before < value)
        {
            var seen = Interlocked.CompareExchange(ref number, value, before);
            if (seen == before)
                break;
            before = seen;
        }
        return before;
    }
}

/// <summary>How to drain (Envoy <c>/drain_listeners</c>).</summary>
/// <param name="Scope"><c>inboundonly</c>, or all listeners.</param>
/// <param name="IsGraceful"><c>graceful</c>: listeners accept until the drain time is over; else they stop at once.</param>
/// <param name="SkipsExit"><c>skip_exit</c>: after a graceful drain they go on accepting.</param>
public sealed record DrainRequest(DrainScope Scope, bool IsGraceful, bool SkipsExit = false);
