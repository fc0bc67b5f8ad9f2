// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Health;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Upstream;

/// <summary>
/// Exchanges that wait for a connection of a pool, first come, first served, and the connections on their way to it: Envoy's
/// pool, for clusters with a <c>preconnect_policy</c>. Connections are the pool's, not the exchanges', so that there can be more
/// of them than exchanges.
/// </summary>
internal sealed class StreamQueue(Worker worker, EndpointPool pool, UpstreamProtocol protocol)
{
    /// <summary>Connections that one event may start, as in Envoy.</summary>
    public const int MostAtOnce = 3;

    private UpstreamConnector? _first;
    private UpstreamConnector? _last;
    private ClusterRuntime? _cluster;
    private PoolLoad _told;
    private int _pending;
    private long _connecting;

    public UpstreamProtocol Protocol => protocol;

    private PoolLoad Load => pool.LoadOf(protocol) + new PoolLoad(_pending, 0, _connecting);

    /// <summary>Lets an exchange wait; false when <c>max_pending_requests</c> do already.</summary>
    public bool TryEnqueue(UpstreamConnector waiter, ClusterRuntime cluster)
    {
        if (!cluster.Breaker.TryAcquirePending(worker.Index))
            return false;
        waiter.PendingIn = cluster;
        waiter.Before = _last;
        if (_last is null)
            _first = waiter;
        else
            _last.After = waiter;
        _last = waiter;
        _pending++;
        Provide(cluster);
        return true;
    }

    /// <summary>An exchange waits no longer.</summary>
    public void Remove(UpstreamConnector waiter)
    {
        if (waiter.PendingIn is not { } cluster)
            return;
        if (waiter.Before is null)
            _first = waiter.After;
        else
            waiter.Before.After = waiter.After;
        if (waiter.After is null)
            _last = waiter.Before;
        else
            waiter.After.Before = waiter.Before;
        waiter.Before = waiter.After = null;
        waiter.PendingIn = null;
        cluster.Breaker.ReleasePending();
        _pending--;
        Tell();
    }

    /// <summary>Starts the connections that the policy wants for the streams there are.</summary>
    public void Provide(ClusterRuntime cluster)
    {
        _cluster = cluster;
        var ratio = cluster.Spec.Preconnect.PerUpstreamRatio;
        for (var i = 0; i < MostAtOnce && WantsConnection(cluster, ratio) && TryConnect(cluster); i++) { }
        Tell();
    }

    /// <summary>Starts a connection for a stream that may come here next; false when there are enough.</summary>
    /// <param name="ratio"><c>predictive_preconnect_ratio</c></param>
    public bool TryAnticipate(ClusterRuntime cluster, float ratio)
    {
        _cluster = cluster;
        var hasStarted = WantsConnection(cluster, ratio, anticipated: 1) && TryConnect(cluster);
        Tell();
        return hasStarted;
    }

    /// <summary>Connections of the pool came, went, or have room.</summary>
    public void OnChanged()
    {
        Serve();
        if (_pending > 0)
            Provide(_cluster!);
        else
            Tell();
    }

    /// <summary>An endpoint that is not well is spared what nobody needs yet.</summary>
    private bool WantsConnection(ClusterRuntime cluster, float ratio, int anticipated = 0) =>
        IsHealthy(cluster) ? PreconnectSpec.Wants(Load, ratio, anticipated) : _pending > _connecting;

    private bool IsHealthy(ClusterRuntime cluster) =>
        cluster.EntryOf(pool.Endpoint) is not { } entry || entry.Health == EndpointHealth.Healthy;

    /// <summary>False at the limit of <c>max_connections</c>; without any connection one is started even so.</summary>
    private bool TryConnect(ClusterRuntime cluster)
    {
        var isAdmitted = cluster.Breaker.TryAcquireConnection(worker.Index);
        if (!isAdmitted)
        {
            if (Load is not { Active: 0, Capacity: 0 })
                return false;
            cluster.Breaker.ForceConnection();
        }
        ConnectAsync(cluster).Detach();
        return isAdmitted;
    }

    private async LoopTask<int> ConnectAsync(ClusterRuntime cluster)
    {
        var room = RoomOf(cluster);
        _connecting += room;
        var dial = new Dial(worker);
        var stream = await dial.OpenAsync(pool, cluster);
        _connecting -= room;
        if (stream is null)
        {
            cluster.Breaker.ReleaseConnection();
            // As in Envoy, whoever waits fails with it. Another connection is for the next stream to ask for, lest an endpoint
            // that refuses be asked without end.
            while (_first is { } waiter)
                waiter.Fail(dial.TimedOut, dial.FailureReason);
            Tell();
            return 0;
        }
        if (_first is { } next)
            next.Give(pool.Adopt(stream, cluster, Spoken(stream)));
        else
            pool.AdoptIdle(stream, cluster, Spoken(stream));
        OnChanged();
        return 0;
    }

    private void Serve()
    {
        while (_first is { } waiter && pool.TryTake(protocol) is { } stream)
            waiter.Give(stream);
    }

    private UpstreamProtocol Spoken(ByteStream stream) =>
        protocol != UpstreamProtocol.Auto ? protocol
        : stream.ApplicationProtocol == "h2" ? UpstreamProtocol.Http2
        : UpstreamProtocol.Http1;

    /// <summary>Streams that a connection is expected to have room for.</summary>
    private int RoomOf(ClusterRuntime cluster)
    {
        if (protocol != UpstreamProtocol.Http2)
            return 1;
        var most = cluster.Spec.MaxRequestsPerConnection;
        var streams = cluster.Spec.Http2.MaxConcurrentStreams;
        return most == 0 ? streams : Math.Min(streams, most);
    }

    /// <summary>Keeps what this worker knows of the whole cluster, for predictions.</summary>
    private void Tell()
    {
        if (_cluster is null)
            return;
        var load = Load;
        _cluster.State.Loads[worker.Index] += load - _told;
        _told = load;
    }
}
