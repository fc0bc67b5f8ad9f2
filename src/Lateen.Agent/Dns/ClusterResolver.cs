// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Lateen.Core;
using Lateen.Net;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Runtime;

namespace Lateen.Agent.Dns;

/// <summary>
/// Resolves the host names of DNS clusters again and again. A name that does not resolve keeps the addresses it had; a
/// cluster none of whose names ever resolved is in force without endpoints (503, UH).
/// </summary>
internal sealed class ClusterResolver(ConfigStore store, ILogSink log, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Resolution> _resolutions = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changed = new(0);

    /// <summary>Configuration changed: there may be new names.</summary>
    public void Touch() => _changed.Release();

    public void Dispose() => _changed.Dispose();

    /// <summary>Runs until cancelled; sleeps while there is no DNS cluster.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var clusters = store.DnsClusters;
                foreach (var cluster in clusters)
                    await ResolveIfDueAsync(cluster, stop).ConfigureAwait(false);
                await _changed
                    .WaitAsync(clusters.Count == 0 ? Timeout.InfiniteTimeSpan : s_tick, stop)
                    .ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy stops.
        }
    }

    private async Task ResolveIfDueAsync(ClusterSpec cluster, CancellationToken stop)
    {
        _resolutions.TryGetValue(cluster.Name, out var last);
        var now = time.GetTimestamp();
        if (
            last is not null
            && ReferenceEquals(last.For, cluster)
            && time.GetElapsedTime(last.At, now) < cluster.DnsRefreshRate
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
            store.SetResolved(cluster.Name, next.Endpoints());
    }

    private async Task<NetAddress[]> LookUpAsync(string name, Resolution? last, CancellationToken stop)
    {
        try
        {
            var found = await System.Net.Dns.GetHostAddressesAsync(name, stop).ConfigureAwait(false);
            return found
                .Select(static address => NetAddress.From(address, 0))
                .Order(NetAddressOrder.Instance)
                .ToArray();
        }
        catch (SocketException failure)
        {
            log.Write(LogLevel.Warn, "dns", $"{name} does not resolve: {failure.Message}; its last addresses stay");
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
