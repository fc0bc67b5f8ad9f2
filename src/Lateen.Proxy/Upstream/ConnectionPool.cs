// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Loop;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Upstream;

/// <summary>
/// Idle connections of one worker to one endpoint, the latest used first, so that surplus ones grow old and close.
/// </summary>
internal sealed class ConnectionPool
{
    private readonly Worker _worker;
    private readonly EndpointState _endpoint;
    private readonly LoopTimer _sweep;
    private UpstreamConnection? _latest;
    private UpstreamConnection? _oldest;

    private ConnectionPool(Worker worker, EndpointState endpoint)
    {
        _worker = worker;
        _endpoint = endpoint;
        _sweep = new LoopTimer(static self => ((ConnectionPool)self).CloseOld(), this);
    }

    /// <summary>The pool of a worker for an endpoint.</summary>
    public static ConnectionPool Of(Worker worker, EndpointState endpoint) =>
        (ConnectionPool)(endpoint.WorkerSlots[worker.Index] ??= new ConnectionPool(worker, endpoint));

    /// <summary>An idle connection that looks alive; null when there is none.</summary>
    public UpstreamConnection? TakeIdle()
    {
        while (_latest is { } connection)
        {
            Remove(connection);
            if (!connection.Stream.IsDead && !connection.Stream.HasUnreadInput)
                return connection;
            connection.Close();
        }
        return null;
    }

    /// <summary>Starts a connection; null when the system has no more descriptors.</summary>
    public UpstreamConnection? Open(ClusterRuntime cluster)
    {
        var options = cluster.Spec.SourceAddress.IsNone
            ? ConnectOptions.Default
            : new ConnectOptions { Source = cluster.Spec.SourceAddress };
        var stream = _worker.Loop.Connect(_endpoint.Address, options);
        return stream is null ? null : new UpstreamConnection(stream, this, _worker);
    }

    /// <summary>Takes back a connection whose exchange ended cleanly.</summary>
    public void Return(UpstreamConnection connection, TimeSpan idleTimeout)
    {
        connection.Stream.CloseWatcher = connection;
        connection.IdleDeadline =
            idleTimeout == TimeSpan.Zero
                ? long.MaxValue
                : _worker.Loop.NowMilliseconds + (long)idleTimeout.TotalMilliseconds;
        connection.IsIdle = true;
        connection.Older = _latest;
        if (_latest is not null)
            _latest.Newer = connection;
        _latest = connection;
        _oldest ??= connection;
        if (!_sweep.IsArmed && idleTimeout != TimeSpan.Zero)
            _worker.Loop.Arm(_sweep, idleTimeout);
    }

    internal void Remove(UpstreamConnection connection)
    {
        if (!connection.IsIdle)
            return;
        if (connection.Newer is not null)
            connection.Newer.Older = connection.Older;
        else
            _latest = connection.Older;
        if (connection.Older is not null)
            connection.Older.Newer = connection.Newer;
        else
            _oldest = connection.Newer;
        connection.Newer = connection.Older = null;
        connection.IsIdle = false;
        connection.Stream.CloseWatcher = null;
    }

    private void CloseOld()
    {
        var now = _worker.Loop.NowMilliseconds;
        while (_oldest is { } connection)
        {
            if (connection.IdleDeadline > now)
            {
                if (connection.IdleDeadline != long.MaxValue)
                    _worker.Loop.Arm(_sweep, TimeSpan.FromMilliseconds(connection.IdleDeadline - now));
                return;
            }
            Remove(connection);
            connection.Close();
        }
    }
}
