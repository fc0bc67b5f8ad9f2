// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Proxy.Filters.Cors;
using Lateen.Proxy.Filters.Fault;
using Lateen.Proxy.Runtime;
using Lateen.Telemetry;
using Lateen.Xds;

namespace Lateen.Proxy.Stats;

/// <summary>
/// All numbers of a proxy, by the names that configuration gives them, so that they survive its changes. Filled by the
/// workers, collected by the admin server.
/// </summary>
/// <param name="workers">Threads that count.</param>
/// <param name="self">The workload this proxy stands beside.</param>
public sealed class ProxyStats(int workers, WorkloadLabels self)
{
    private readonly ConcurrentDictionary<string, HttpStats> _http = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TcpStats> _tcp = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ClusterStats> _clusters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FaultStats> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CorsStats> _cors = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ListenerStats> _listeners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TlsStats> _listenerTls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ProxyProtocolStats> _proxyProtocol = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TlsStats> _clusterTls = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, SecretStats> _secrets = new(StringComparer.Ordinal);

    private const int SecondsPerDay = 24 * 60 * 60;

    private readonly Dictionary<string, SubscriptionStats> _subscriptions = new(StringComparer.Ordinal)
    {
        [TypeUrls.Cluster] = new("cluster_manager.cds"),
        [TypeUrls.Endpoints] = new("cluster_manager.eds"),
        [TypeUrls.Listener] = new("listener_manager.lds"),
        [TypeUrls.Route] = new("http.rds"),
    };

    public int Workers => workers;

    public IstioMetrics Istio { get; } = new(workers);

    public ListenerManagerStats ListenerManager { get; } = new();

    /// <summary>What listener filters saw.</summary>
    public InspectorStats Inspectors { get; } = new(workers);

    /// <summary>Context of requests that no route or cluster took, by direction.</summary>
    internal IstioContext UnroutedInbound { get; } = new(isInbound: true, self, null);

    internal IstioContext UnroutedOutbound { get; } = new(isInbound: false, self, null);

    /// <summary>Connections from clients, over all listeners.</summary>
    public long ActiveConnections => _listeners.Values.Sum(static listener => listener.ActiveConnections);

    public HttpStats Http(string statPrefix) => _http.GetOrAdd(statPrefix, name => new HttpStats(name, workers));

    public FaultStats Fault(string statPrefix) => _faults.GetOrAdd(statPrefix, name => new FaultStats(name, workers));

    public CorsStats Cors(string statPrefix) => _cors.GetOrAdd(statPrefix, name => new CorsStats(name, workers));

    public TcpStats Tcp(string statPrefix) => _tcp.GetOrAdd(statPrefix, name => new TcpStats(name, workers));

    public ClusterStats Cluster(string name) => _clusters.GetOrAdd(name, key => new ClusterStats(key, workers));

    public ListenerStats Listener(string address) =>
        _listeners.GetOrAdd(address, name => new ListenerStats(name, workers));

    /// <summary>Headers of the PROXY protocol at listeners of a prefix.</summary>
    public ProxyProtocolStats ProxyProtocol(string statPrefix) =>
        _proxyProtocol.GetOrAdd(statPrefix, prefix => new ProxyProtocolStats(prefix, workers));

    /// <summary>Handshakes with clients of a listener.</summary>
    public TlsStats ListenerTls(string address) =>
        _listenerTls.GetOrAdd(address, name => TlsStats.OfListener(name, workers));

    /// <summary>Handshakes with endpoints of a cluster.</summary>
    public TlsStats ClusterTls(string name) => _clusterTls.GetOrAdd(name, key => TlsStats.OfCluster(key, workers));

    /// <summary>A secret by its name.</summary>
    public SecretStats Secret(string name) => _secrets.GetOrAdd(name, static key => new SecretStats(key));

    /// <summary>Null for a type that the proxy does not know.</summary>
    public SubscriptionStats? Subscription(string typeUrl) => _subscriptions.GetValueOrDefault(typeUrl);

    /// <summary>The cluster is gone, and its numbers with it.</summary>
    public void ForgetCluster(string name)
    {
        _clusters.TryRemove(name, out _);
        _clusterTls.TryRemove(name, out _);
    }

    internal IstioContext Context(bool isInbound, Clusters.ServiceIdentity? service) => new(isInbound, self, service);

    /// <summary>Adds a sample of every number, with what the runtime in force knows of its clusters.</summary>
    public void Collect(ProxyRuntime runtime, List<Sample> samples)
    {
        foreach (var stats in _http.Values)
            stats.Collect(samples);
        foreach (var stats in _faults.Values)
            stats.Collect(samples);
        foreach (var stats in _cors.Values)
            stats.Collect(samples);
        foreach (var stats in _tcp.Values)
            stats.Collect(samples);
        foreach (var stats in _listeners.Values)
            stats.Collect(samples);
        Inspectors.Collect(samples);
        foreach (var stats in _proxyProtocol.Values)
            stats.Collect(samples);
        foreach (var stats in _listenerTls.Values)
            stats.Collect(samples);
        foreach (var stats in _clusterTls.Values)
            stats.Collect(samples);
        foreach (var cluster in runtime.Clusters.Values)
            cluster.Collect(samples);
        foreach (var cluster in runtime.Warming)
        {
            if (!runtime.Clusters.ContainsKey(cluster.Spec.Name))
                cluster.Collect(samples);
        }
        foreach (var subscription in _subscriptions.Values)
            subscription.Collect(samples);
        foreach (var secret in _secrets.Values)
            secret.Collect(samples);
        Gauge("cluster_manager.active_clusters", runtime.Clusters.Count, samples);
        Gauge("cluster_manager.warming_clusters", runtime.Warming.Count, samples);
        ListenerManager.Collect(runtime, samples);
        Gauge("server.days_until_first_cert_expiring", DaysUntilExpiration(), samples);
        Istio.Collect(samples);
    }

    /// <summary>As Envoy: whole days, 0 for what has ended, the largest number where there is no certificate of a secret.</summary>
    private long DaysUntilExpiration()
    {
        var first = long.MaxValue;
        foreach (var stats in _listenerTls.Values)
            first = Math.Min(first, stats.FirstExpiration ?? long.MaxValue);
        foreach (var stats in _clusterTls.Values)
            first = Math.Min(first, stats.FirstExpiration ?? long.MaxValue);
        if (first == long.MaxValue)
            return uint.MaxValue;
        return Math.Max(0, (first - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) / SecondsPerDay);
    }

    private static void Gauge(string name, long value, List<Sample> samples) =>
        samples.Add(new Sample(name, $"envoy_{name.Replace('.', '_')}", "", SampleKind.Gauge, value));
}
