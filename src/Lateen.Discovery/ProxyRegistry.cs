// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Lateen.Discovery;

/// <summary>The proxies that are connected.</summary>
public sealed class ProxyRegistry
{
    private readonly ConcurrentDictionary<ProxyConnection, bool> _connections = new();

    public DiscoveryMetrics Metrics { get; } = new();

    /// <summary>Proxies that introduced themselves, by id.</summary>
    public IReadOnlyList<ProxyConnection> Connections =>
        _connections
            .Keys.OrderBy(static connection => connection.Node!.Id, StringComparer.Ordinal)
            .ThenBy(static connection => connection.ConnectedAt)
            .ToList();

    /// <summary>A proxy came, went, or answered. Raised by any thread.</summary>
    public event Action? Progressed;

    /// <summary>Tells every proxy that there may be something new for it.</summary>
    /// <param name="changedAt">When that came about: a timestamp of the clock that the connections have.</param>
    public void PushAll(long changedAt)
    {
        foreach (var connection in _connections.Keys)
            connection.RequestPush(changedAt);
    }

    internal void Add(ProxyConnection connection) => _connections[connection] = true;

    internal void Remove(ProxyConnection connection)
    {
        if (_connections.TryRemove(connection, out _))
            OnProgress();
    }

    internal void OnProgress() => Progressed?.Invoke();
}
