// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>Settings of a proxy (Istio's ProxyConfig): in <c>defaultConfig</c> of the mesh, or a pod's annotation <c>proxy.istio.io/config</c>.</summary>
public sealed record ProxyConfiguration
{
    /// <summary>Directory of the proxy's files: <c>./etc/istio/proxy</c>.</summary>
    public string ConfigPath { get; init; } = "./etc/istio/proxy";

    /// <summary>The proxy's program.</summary>
    public string BinaryPath { get; init; } = "/usr/local/bin/envoy";

    /// <summary>What the proxy calls its workload: istio-proxy.</summary>
    [OneOf("cluster_name")]
    public string? ServiceCluster { get; init; }

    /// <summary>What the proxy calls its workload, from its labels.</summary>
    [OneOf("cluster_name")]
    public TracingServiceName? TracingServiceName { get; init; }

    /// <summary>Time in which connections are ended, when a proxy is replaced: 45 s.</summary>
    public TimeSpan DrainDuration { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Time until the replaced proxy is ended.</summary>
    [Deprecated("remove it")]
    public TimeSpan? ParentShutdownDuration { get; init; }

    /// <summary><c>host:port</c> of the control plane: <c>istiod.istio-system.svc:15012</c>.</summary>
    public string DiscoveryAddress { get; init; } = "istiod.istio-system.svc:15012";

    /// <summary>Not in use.</summary>
    [Deprecated("remove it")]
    public TimeSpan? DiscoveryRefreshDelay { get; init; }

    /// <summary><c>host:port</c> of Zipkin.</summary>
    [Deprecated("use an extension provider")]
    public string ZipkinAddress { get; init; } = "";

    /// <summary><c>address:port</c> of a statsd server, over UDP.</summary>
    public string StatsdUdpAddress { get; init; } = "";

    /// <summary>Not in use.</summary>
    [Deprecated("use envoyMetricsService")]
    public string EnvoyMetricsServiceAddress { get; init; } = "";

    /// <summary>Port of the proxy's administration: 15000.</summary>
    [Range(1, 65535)]
    public int ProxyAdminPort { get; init; } = 15000;

    /// <summary>Not in use.</summary>
    [Deprecated("remove it")]
    public string AvailabilityZone { get; init; } = "";

    /// <summary>How the proxy talks to the control plane: MUTUAL_TLS.</summary>
    public ControlPlaneAuthPolicy ControlPlaneAuthPolicy { get; init; } = ControlPlaneAuthPolicy.MutualTls;

    /// <summary>File with all of the proxy's configuration.</summary>
    public string CustomConfigFile { get; init; } = "";

    /// <summary>Longest name in statistics: 189.</summary>
    [Range(0)]
    public int StatNameLength { get; init; } = 189;

    /// <summary>Worker threads; from the processors that the workload may use when it is not there, all of the machine's for 0.</summary>
    [Range(0)]
    public int? Concurrency { get; init; }

    /// <summary>File that the proxy's bootstrap is made of.</summary>
    public string ProxyBootstrapTemplatePath { get; init; } = "";

    /// <summary>How traffic comes to the proxy: REDIRECT.</summary>
    public InterceptionMode InterceptionMode { get; init; }

    /// <summary>Traces.</summary>
    public ProxyTracing? Tracing { get; init; }

    /// <summary>Not in use.</summary>
    [Deprecated("remove it")]
    public ProxySds? Sds { get; init; }

    /// <summary>Gets access logs, by Envoy's protocol.</summary>
    public RemoteService? EnvoyAccessLogService { get; init; }

    /// <summary>Gets metrics, by Envoy's protocol.</summary>
    public RemoteService? EnvoyMetricsService { get; init; }

    /// <summary>Environment of the proxy; what begins with ISTIO_META_ is told to the control plane.</summary>
    public IReadOnlyDictionary<string, string> ProxyMetadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Envoy's runtime, from its start on.</summary>
    public IReadOnlyDictionary<string, string> RuntimeValues { get; init; } = new Dictionary<string, string>();

    /// <summary>Port of health and merged metrics: 15020.</summary>
    [Range(1, 65535)]
    public int StatusPort { get; init; } = 15020;

    /// <summary>Labels of metrics beside Istio's own.</summary>
    public IReadOnlyList<string> ExtraStatTags { get; init; } = [];

    /// <summary>What is in front of gateways.</summary>
    public GatewayTopology? GatewayTopology { get; init; }

    /// <summary>Time in which connections are ended, when the proxy ends: 5 s.</summary>
    public TimeSpan TerminationDrainDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What metrics call the mesh.</summary>
    public string MeshId { get; init; } = "";

    /// <summary>How the proxy finds out whether its workload is ready; for workloads outside Kubernetes.</summary>
    public ReadinessProbe? ReadinessProbe { get; init; }

    /// <summary>Statistics beside those that Istio keeps.</summary>
    public ProxyStatsMatcher? ProxyStatsMatcher { get; init; }

    /// <summary>Whether the workload starts once its proxy is ready: false.</summary>
    public bool? HoldApplicationUntilProxyStarts { get; init; }

    /// <summary>Authorities beside the mesh's own, as PEM.</summary>
    public IReadOnlyList<string> CaCertificatesPem { get; init; } = [];

    /// <summary>The proxy's image.</summary>
    public ProxyImage? Image { get; init; }

    /// <summary>Hardware that signs.</summary>
    public PrivateKeyProvider? PrivateKeyProvider { get; init; }

    /// <summary>Which headers the proxy sets.</summary>
    public ProxyHeaders? ProxyHeaders { get; init; }

    /// <summary>Time between writes of access logs: 1 s.</summary>
    public TimeSpan? FileFlushInterval { get; init; }

    /// <summary>Kilobytes of access log after which it is written: 64.</summary>
    [Range(0)]
    public int? FileFlushMinSizeKb { get; init; }

    /// <summary>Whether statistics are served compressed: true.</summary>
    public bool? StatsCompression { get; init; }

    /// <summary>Limits and timeouts of connections to the proxy.</summary>
    public ConnectionSettings? ConnectionSettings { get; init; }
}

/// <summary>What a proxy calls its workload.</summary>
public enum TracingServiceName : byte
{
    /// <summary>The label <c>app</c>, and the namespace.</summary>
    AppLabelAndNamespace,

    /// <summary>The canonical name.</summary>
    CanonicalNameOnly,

    /// <summary>The canonical name, and the namespace.</summary>
    CanonicalNameAndNamespace,
}

/// <summary>How a proxy talks to the control plane.</summary>
public enum ControlPlaneAuthPolicy : byte
{
    /// <summary>In plain text.</summary>
    None,

    /// <summary>By mutual TLS.</summary>
    MutualTls,

    /// <summary>As one level above.</summary>
    Inherit,
}

/// <summary>How traffic comes to a proxy.</summary>
public enum InterceptionMode : byte
{
    /// <summary>By redirection.</summary>
    Redirect,

    /// <summary>By redirection that keeps the client's address.</summary>
    Tproxy,

    /// <summary>Not at all: the workload talks to the proxy's ports itself.</summary>
    None,
}
