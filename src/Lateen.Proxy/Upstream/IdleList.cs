// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Loop;

namespace Lateen.Proxy.Upstream;

/// <summary>
/// Connections that wait for the next request; the latest is used first, so that surplus ones grow old and close.
/// </summary>
internal sealed class IdleList
{
    private readonly EventLoop _loop;
    private readonly LoopTimer _sweep;
    private ConnectionStream? _latest;
    private ConnectionStream? _oldest;

    public IdleList(EventLoop loop)
    {
        _loop = loop;
        _sweep = new LoopTimer(static self => ((IdleList)self).CloseOld(), this);
    }

    public int Count { get; private set; }

    /// <param name="idleTimeout">How long it may wait; zero for ever.</param>
    public void Add(ConnectionStream connection, TimeSpan idleTimeout)
    {
        connection.Stream.CloseWatcher = connection;
        connection.IdleDeadline =
            idleTimeout == TimeSpan.Zero ? long.MaxValue : _loop.NowMilliseconds + (long)idleTimeout.TotalMilliseconds;
        connection.IsIdle = true;
        connection.Older = _latest;
        if (_latest is not null)
            _latest.Newer = connection;
        _latest = connection;
        _oldest ??= connection;
        Count++;
        if (!_sweep.IsArmed && idleTimeout != TimeSpan.Zero)
            _loop.Arm(_sweep, idleTimeout);
    }

    public void Remove(ConnectionStream connection)
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
        Count--;
    }

    /// <summary>The latest that looks alive, begun; null when there is none.</summary>
    public ConnectionStream? TryTake()
    {
        while (_latest is { } connection)
        {
            Remove(connection);
            if (connection.CanBegin)
            {
                connection.Begin();
                return connection;
            }
            connection.Close();
        }
        return null;
    }

    public void CloseAll()
    {
        _loop.Disarm(_sweep);
        while (_latest is { } connection)
        {
            Remove(connection);
            connection.Close();
        }
    }

    private void CloseOld()
    {
        var now = _loop.NowMilliseconds;
        while (_oldest is { } connection)
        {
            if (connection.IdleDeadline > now)
            {
                if (connection.IdleDeadline != long.MaxValue)
                    _loop.Arm(_sweep, TimeSpan.FromMilliseconds(connection.IdleDeadline - now));
                return;
            }
            Remove(connection);
            connection.Close();
        }
    }
}
