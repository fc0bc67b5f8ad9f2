// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Lateen.Core;
using Lateen.Net;
using Lateen.Net.Loop;
using Lateen.Proxy.Health;
using Lateen.Proxy.Health.Checks;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.Server;

/// <summary>
/// The serving proxy: its workers, and the listeners they have open. <see cref="Apply"/> is called by the thread that
/// publishes runtimes; requests take each new runtime by themselves, only listeners need to be opened and drained.
/// </summary>
public sealed class ProxyServer : IDisposable
{
    private readonly Worker[] _workers;
    private readonly Thread?[] _threads;
    private readonly Dictionary<string, OpenListener> _open = new(StringComparer.Ordinal);
    private readonly TimeSpan _drainTime;
    private readonly Lock _gate = new();
    private readonly OutlierTimers _outlierTimers;
    private readonly HealthChecks _healthChecks;
    private readonly TimeProvider _time;
    private readonly ListenerManagerStats _stats;
    private DrainScope _closed;
    private ITimer? _drainEnd;

    /// <param name="telemetry">Says how many workers there are; as a rule one per core.</param>
    /// <param name="drainTime">How long connections of a listener that is gone may go on (Envoy <c>--drain-time-s</c>, Istio's 45 s).</param>
    /// <param name="overload">What protects the proxy from too much load.</param>
    public ProxyServer(
        Published<ProxyRuntime> runtime,
        ProxyTelemetry telemetry,
        OverloadManager overload,
        TimeSpan drainTime,
        TimeProvider time
    )
    {
        var concurrency = telemetry.Workers;
        _drainTime = drainTime;
        _workers = new Worker[concurrency];
        _threads = new Thread?[concurrency];
        for (var i = 0; i < concurrency; i++)
            _workers[i] = new Worker(i, runtime, telemetry, overload, time);
        _outlierTimers = new OutlierTimers(_workers[0].Loop);
        _healthChecks = new HealthChecks(_workers[0]);
        _time = time;
        _stats = telemetry.Stats.ListenerManager;
        _ = new OverloadResponder(overload, _workers, time);
    }

    public IReadOnlyList<Worker> Workers => _workers;

    public void Start()
    {
        for (var i = 0; i < _workers.Length; i++)
            _threads[i] = _workers[i].Loop.Start();
    }

    /// <summary>Opens, exchanges and drains listeners so that they are those of the runtime.</summary>
    /// <returns>Names of listeners that could not be opened, each with the reason; their previous version goes on.</returns>
    public IReadOnlyList<(string Listener, string Reason)> Apply(ProxyRuntime runtime)
    {
        lock (_gate)
            return _closed == DrainScope.All ? [] : ApplyLocked(runtime);
    }

    private List<(string Listener, string Reason)> ApplyLocked(ProxyRuntime runtime)
    {
        var failures = new List<(string, string)>();
        _workers[0]
            .Loop.Post(() =>
            {
                _outlierTimers.Apply(runtime);
                _healthChecks.Apply(runtime);
            });
        foreach (var (name, listener) in runtime.Listeners)
        {
            _open.TryGetValue(name, out var current);
            if (ReferenceEquals(current?.Runtime, listener))
                continue;
            if (IsClosed(listener))
                continue;
            if (current is not null && listener.IsInPlaceUpdateOf(current.Runtime))
            {
                Update(name, listener, current);
                continue;
            }
            try
            {
                Open(name, listener, current ?? TakeAddressOf(listener, runtime));
            }
            catch (SocketException failure)
            {
                _stats.OnFailed();
                failures.Add((name, $"{failure.Message}; free the address or change the listener's"));
            }
        }
        foreach (var name in _open.Keys.ToArray())
        {
            if (!runtime.Listeners.ContainsKey(name))
                Close(name);
        }
        return failures;
    }

    /// <summary>Where a listener accepts, with the port the kernel chose where 0 was asked for.</summary>
    public NetAddress? AddressOf(string listener)
    {
        lock (_gate)
            return _open.TryGetValue(listener, out var open) && open.Sockets.Length > 0
                ? open.Sockets[0].Address
                : null;
    }

    /// <summary>
    /// Listeners go on, but responses announce the end of their connections, HTTP/2's by GOAWAY: clients move elsewhere and
    /// nobody is refused.
    /// </summary>
    /// <param name="closesListeners">They stop accepting when the drain time is over.</param>
    public void DrainGracefully(DrainScope scope, bool closesListeners)
    {
        lock (_gate)
        {
            OnEach(worker =>
            {
                worker.Drain = scope > worker.Drain ? scope : worker.Drain;
                foreach (var listener in worker.Listeners)
                {
                    if (listener.ClosesConnections)
                        listener.DrainConnections();
                }
            });
            if (!closesListeners)
                return;
            _drainEnd?.Dispose();
            _drainEnd = _time.CreateTimer(_ => Drain(scope), null, _drainTime, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Stops accepting and lets connections end; responses announce it.</summary>
    /// <param name="scope">Those for inbound traffic, or all; configuration goes on changing the others.</param>
    public void Drain(DrainScope scope)
    {
        lock (_gate)
        {
            _closed = scope > _closed ? scope : _closed;
            OnEach(worker => worker.Drain = scope > worker.Drain ? scope : worker.Drain);
            foreach (var (name, listener) in _open.ToArray())
            {
                if (IsClosed(listener.Runtime))
                    Close(name);
            }
        }
    }

    private bool IsClosed(ListenerRuntime listener) =>
        _closed == DrainScope.All
        || (_closed == DrainScope.Inbound && listener.Spec.Direction == TrafficDirection.Inbound);

    private void OnEach(Action<Worker> act)
    {
        foreach (var worker in _workers)
            worker.Loop.Post(() => act(worker));
    }

    public void Dispose()
    {
        _drainEnd?.Dispose();
        foreach (var worker in _workers)
            worker.Loop.Stop();
        for (var i = 0; i < _workers.Length; i++)
        {
            _threads[i]?.Join();
            _workers[i].Loop.Dispose();
        }
        foreach (var listener in _open.Values)
            listener.CloseSockets();
    }

    /// <summary>
    /// A listener that goes where a new one of another name comes: its sockets are handed over, so that nobody is refused
    /// between the two. Null as a rule.
    /// </summary>
    private OpenListener? TakeAddressOf(ListenerRuntime listener, ProxyRuntime runtime)
    {
        var address = listener.Spec.Address;
        // Port 0 asks for a port of its own.
        if (!listener.Spec.BindToPort || (address.Port == 0 && address.Family != AddressFamilyKind.Unix))
            return null;
        foreach (var (name, open) in _open)
        {
            if (open.Sockets.Length == 0 || open.Runtime.Spec.Address != address || runtime.Listeners.ContainsKey(name))
                continue;
            _open.Remove(name);
            _stats.OnRemoved();
            return open;
        }
        return null;
    }

    /// <summary>Only filter chains have changed: the listener goes on, and with it the connections of those that have not.</summary>
    private void Update(string name, ListenerRuntime listener, OpenListener current)
    {
        var gone = current.Runtime.Chains.Except(listener.Chains).ToArray();
        foreach (var chain in gone)
            chain.IsDraining = true;
        var tally = DrainTally.OfChains(_workers.Length, gone.Length, _stats);
        for (var i = 0; i < _workers.Length; i++)
        {
            var active = current.Active[i];
            _workers[i].Loop.Post(() => active.Update(listener, gone, _drainTime, tally));
        }
        _open[name] = current with { Runtime = listener };
        _stats.OnModified();
        _stats.OnUpdatedInPlace();
    }

    private void Open(string name, ListenerRuntime listener, OpenListener? current)
    {
        var sockets =
            !listener.Spec.BindToPort ? []
            : current is { Sockets.Length: > 0 } && current.Runtime.Spec.Address == listener.Spec.Address
                ? current.Sockets
            : Bind(listener.Spec);
        var next = new OpenListener(listener, sockets, new ActiveListener[_workers.Length]);
        var closesSockets = current is not null && !ReferenceEquals(current.Sockets, sockets);
        var tally = current is null ? null : DrainTally.OfListener(_workers.Length, _stats);
        using var exchanged = closesSockets ? new CountdownEvent(_workers.Length) : null;
        for (var i = 0; i < _workers.Length; i++)
        {
            var active = next.Active[i] = new ActiveListener(_workers[i], listener);
            var socket = sockets.Length > 0 ? sockets[i] : null;
            var old = current?.Active[i];
            _workers[i]
                .Loop.Post(() =>
                {
                    // In one turn, so that no connection finds nobody.
                    old?.Drain(_drainTime, closesSockets, tally!);
                    active.Start(socket);
                    exchanged?.Signal();
                });
        }
        if (_open.TryGetValue(name, out _))
            _stats.OnModified();
        else
            _stats.OnAdded();
        _stats.OnCreated(_workers.Length);
        _open[name] = next;
        if (exchanged is null)
            return;
        // A socket may only be closed when no loop accepts from it any more.
        exchanged.Wait();
        current!.CloseSockets();
    }

    private ListenSocket[] Bind(ListenerSpec spec)
    {
        var options = ListenOptions.Default;
        if (spec.TcpBacklogSize is { } backlog)
            options = options with { Backlog = backlog };
        var address = spec.Address;
        var sockets = new ListenSocket[_workers.Length];
        sockets[0] = ListenSocket.Bind(address, options);
        // The other workers share the port; a Unix socket is one for all, its loops take turns.
        for (var i = 1; i < sockets.Length; i++)
            sockets[i] =
                address.Family == AddressFamilyKind.Unix ? sockets[0] : ListenSocket.Bind(sockets[0].Address, options);
        return sockets;
    }

    private void Close(string name)
    {
        if (!_open.Remove(name, out var listener))
            return;
        _stats.OnRemoved();
        var tally = DrainTally.OfListener(_workers.Length, _stats);
        using var drained = new CountdownEvent(_workers.Length);
        for (var i = 0; i < _workers.Length; i++)
        {
            var active = listener.Active[i];
            _workers[i]
                .Loop.Post(() =>
                {
                    active.Drain(_drainTime, closesSocket: true, tally);
                    drained.Signal();
                });
        }
        // A socket may only be closed when no loop accepts from it any more.
        drained.Wait();
        listener.CloseSockets();
    }

    private sealed record OpenListener(ListenerRuntime Runtime, ListenSocket[] Sockets, ActiveListener[] Active)
    {
        public void CloseSockets()
        {
            foreach (var socket in Sockets)
                socket.Dispose();
        }
    }
}
