// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Lateen.Core;
using Lateen.Net;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Runtime;

namespace Lateen.Agent.Dns;

/// <summary>Name → addresses; fails with <see cref="SocketException"/> when there are none.</summary>
internal delegate Task<IPAddress[]> HostLookUp(string name, CancellationToken stop);

/// <summary>
/// Resolves the host names of DNS clusters again and again. A name that does not resolve keeps the addresses it had; a
/// cluster none of whose names ever resolved is in force without endpoints (503, UH).
/// </summary>
internal sealed class ClusterResolver : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    private readonly ConfigStore _store;
    private readonly HostLookUp _lookUp;
    private readonly ILogSink _log;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Resolution> _resolutions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly ITimer _tick;

    /// <param name="lookUp">The system's resolver, as a rule.</param>
    public ClusterResolver(ConfigStore store, HostLookUp lookUp, ILogSink log, TimeProvider time)
    {
        (_store, _lookUp, _log, _time) = (store, lookUp, log, time);
        _tick = time.CreateTimer(_ => Touch(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Configuration changed: there may be new names.</summary>
    public void Touch() => _wake.Writer.TryWrite(true);

    public void Dispose() => _tick.Dispose();

    /// <summary>Runs until cancelled; sleeps while there is no DNS cluster.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var clusters = _store.DnsClusters;
                Forget(clusters);
                foreach (var cluster in clusters)
                    await StartAsync(cluster, stop).ConfigureAwait(false);
                _tick.Change(clusters.Count == 0 ? Timeout.InfiniteTimeSpan : s_tick, Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy stops.
        }
    }

    /// <summary>Each cluster on its own: a name whose servers do not answer holds up no other.</summary>
    private async Task StartAsync(ClusterSpec cluster, CancellationToken stop)
    {
        if (_running.TryGetValue(cluster.Name, out var running))
        {
            if (!running.IsCompleted)
                return;
            await running.ConfigureAwait(false);
        }
        _running[cluster.Name] = ResolveIfDueAsync(cluster, stop);
    }

    private async Task ResolveIfDueAsync(ClusterSpec cluster, CancellationToken stop)
    {
        var last = _resolutions.GetValueOrDefault(cluster.Name);
        var now = _time.GetTimestamp();
        if (
            last is not null
            && ReferenceEquals(last.For, cluster)
            && _time.GetElapsedTime(last.At, now) < cluster.DnsRefreshRate
        )
            return;
        var addresses = new Dictionary<string, NetAddress[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var endpoint in cluster.Endpoints.Endpoints)
        {
            if (endpoint.HostName is { } name && !addresses.ContainsKey(name))
                addresses[name] = await LookUpAsync(name, last, stop).ConfigureAwait(false);
        }
        var next = new Resolution(cluster, now, addresses);
        _resolutions[cluster.Name] = next;
        if (last is null || !ReferenceEquals(last.For, cluster) || !next.HasSameAddresses(last))
            _store.SetResolved(cluster.Name, next.Endpoints());
    }

    /// <summary>Drops what is known of clusters that are gone: one that comes back starts anew.</summary>
    private void Forget(IReadOnlyList<ClusterSpec> present)
    {
        var names = present.Select(static cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in _resolutions.Keys.Where(name => !names.Contains(name)))
            _resolutions.TryRemove(name, out _);
    }

    private async Task<NetAddress[]> LookUpAsync(string name, Resolution? last, CancellationToken stop)
    {
        try
        {
            var found = await _lookUp(name, stop).ConfigureAwait(false);
            return found
                .Select(static address => NetAddress.From(address, 0))
                .Order(NetAddressOrder.Instance)
                .ToArray();
        }
        catch (SocketException failure)
        {
            _log.Write(LogLevel.Warn, "dns", $"{name} does not resolve: {failure.Message}; its last addresses stay");
            return last?.Addresses.GetValueOrDefault(name) ?? [];
        }
    }

    private sealed class NetAddressOrder : IComparer<NetAddress>
    {
        public static NetAddressOrder Instance { get; } = new();

        public int Compare(NetAddress x, NetAddress y) => string.CompareOrdinal(x.ToString(), y.ToString());
    }

    private sealed record Resolution(ClusterSpec For, long At, IReadOnlyDictionary<string, NetAddress[]> Addresses)
    {
        public bool HasSameAddresses(Resolution other) =>
            Addresses.Count == other.Addresses.Count
            && Addresses.All(pair =>
                other.Addresses.TryGetValue(pair.Key, out var known) && known.AsSpan().SequenceEqual(pair.Value)
            );

        public EndpointSetSpec Endpoints()
        {
            var endpoints = new List<EndpointSpec>();
            foreach (var endpoint in For.Endpoints.Endpoints)
            {
                if (endpoint.HostName is null)
                    endpoints.Add(endpoint);
                else
                    endpoints.AddRange(
                        Addresses[endpoint.HostName]
                            .Select(address =>
                                endpoint with
                                {
                                    Address = address.WithPort(endpoint.Port),
                                    HostName = null,
                                }
                            )
                    );
            }
            return For.Endpoints with { Endpoints = endpoints };
        }
    }
}
