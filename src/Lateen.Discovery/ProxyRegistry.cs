// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Lateen.Discovery;

/// <summary>The proxies that are connected.</summary>
public sealed class ProxyRegistry
{
    private readonly ConcurrentDictionary<ProxyConnection, bool> _connections = new();
    private long _pushes;
    private long _rejections;

    /// <summary>Proxies that introduced themselves, by id.</summary>
    public IReadOnlyList<ProxyConnection> Connections =>
        _connections
            .Keys.Where(static connection => connection.Node is not null)
            .OrderBy(static connection => connection.Node!.Id, StringComparer.Ordinal)
            .ToList();

    /// <summary>Responses sent since the start.</summary>
    public long Pushes => Volatile.Read(ref _pushes) + _connections.Keys.Sum(static connection => connection.Pushes);

    /// <summary>Responses refused since the start.</summary>
    public long Rejections =>
        Volatile.Read(ref _rejections) + _connections.Keys.Sum(static connection => connection.Rejections);

    /// <summary>Tells every proxy what is new for it.</summary>
    public void PushAll()
    {
        foreach (var connection in _connections.Keys)
            connection.RequestPush();
    }

    internal void Add(ProxyConnection connection) => _connections[connection] = true;

    internal void Remove(ProxyConnection connection)
    {
        _connections.TryRemove(connection, out _);
        Interlocked.Add(ref _pushes, connection.Pushes);
        Interlocked.Add(ref _rejections, connection.Rejections);
    }
}
