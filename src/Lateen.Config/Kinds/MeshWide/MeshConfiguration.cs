// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>Settings of the whole mesh (Istio's MeshConfig): a document of its own, as in the ConfigMap <c>istio</c> under <c>mesh</c>.</summary>
public sealed record MeshConfiguration
{
    /// <summary>Port for all traffic that leaves workloads: 15001.</summary>
    [Range(1, 65535)]
    public int ProxyListenPort { get; init; } = 15001;

    /// <summary>Port for all traffic that comes to workloads: 15006.</summary>
    [Range(1, 65535)]
    public int ProxyInboundListenPort { get; init; } = 15006;

    /// <summary>Port where sidecars are HTTP proxies; 0, the default, for none.</summary>
    [Range(0, 65535)]
    public int ProxyHttpPort { get; init; }

    /// <summary>Time to connect to a service: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that a tunnel between proxies may be idle: 1 hour.</summary>
    [Range(0)]
    public TimeSpan HboneIdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Time to wait for a client's first bytes to find out the protocol; 0s, the default, waits for ever.</summary>
    [Range(0)]
    public TimeSpan ProtocolDetectionTimeout { get; init; }

    /// <summary>Keepalive of the operating system towards services; off by default.</summary>
    public TcpKeepalive? TcpKeepalive { get; init; }

    /// <summary>Class of the Ingresses that are served: istio.</summary>
    public string IngressClass { get; init; } = "istio";

    /// <summary>Service of the gateway that serves Ingresses: istio-ingressgateway.</summary>
    public string IngressService { get; init; } = "istio-ingressgateway";

    /// <summary>Which Ingresses are served: STRICT.</summary>
    public IngressControllerMode IngressControllerMode { get; init; } = IngressControllerMode.Strict;

    /// <summary>Value of the label <c>istio</c> of gateways that serve Ingresses: ingressgateway.</summary>
    public string IngressSelector { get; init; } = "ingressgateway";

    /// <summary>Whether there are traces: true.</summary>
    public bool EnableTracing { get; init; } = true;

    /// <summary>File that proxies write their access log to, <c>/dev/stdout</c> for their output; empty, the default, is none.</summary>
    public string AccessLogFile { get; init; } = "";

    /// <summary>Substitution format of the access log; empty is Istio's default text.</summary>
    public string AccessLogFormat { get; init; } = "";

    /// <summary>TEXT by default.</summary>
    public AccessLogEncoding AccessLogEncoding { get; init; }

    /// <summary>Whether access logs go to a service of Envoy's protocol.</summary>
    public bool EnableEnvoyAccessLogService { get; init; }

    /// <summary>Whether listeners leave out connections that nothing matched.</summary>
    public bool DisableEnvoyListenerLog { get; init; }

    /// <summary>Settings of all proxies.</summary>
    public ProxyConfiguration? DefaultConfig { get; init; }

    /// <summary>What becomes of traffic to hosts that the mesh does not know: ALLOW_ANY.</summary>
    public MeshOutboundPolicy? OutboundTrafficPolicy { get; init; }

    /// <summary>Where traffic for a workload goes: PASSTHROUGH.</summary>
    public MeshInboundPolicy? InboundTrafficPolicy { get; init; }

    /// <summary>Where configuration is read from; Kubernetes when empty.</summary>
    public IReadOnlyList<ConfigSource> ConfigSources { get; init; } = [];

    /// <summary>Whether sidecars use mutual TLS towards each other without being told to: true.</summary>
    public bool? EnableAutoMtls { get; init; }

    /// <summary>First part of every SPIFFE identity: cluster.local.</summary>
    public string TrustDomain { get; init; } = "cluster.local";

    /// <summary>Other trust domains that stand for the same identities.</summary>
    public IReadOnlyList<string> TrustDomainAliases { get; init; } = [];

    /// <summary>Authorities beside the mesh's own.</summary>
    public IReadOnlyList<CertificateAuthority> CaCertificates { get; init; } = [];

    /// <summary>Namespaces that see services, where they do not say it: <c>*</c>.</summary>
    public IReadOnlyList<string> DefaultServiceExportTo { get; init; } = ["*"];

    /// <summary>Namespaces that see VirtualServices, where they do not say it: <c>*</c>.</summary>
    public IReadOnlyList<string> DefaultVirtualServiceExportTo { get; init; } = ["*"];

    /// <summary>Namespaces that see DestinationRules, where they do not say it: <c>*</c>.</summary>
    public IReadOnlyList<string> DefaultDestinationRuleExportTo { get; init; } = ["*"];

    /// <summary>Namespace whose resources are for the whole mesh: istio-system.</summary>
    public string RootNamespace { get; init; } = "istio-system";

    /// <summary>Where traffic goes by region, zone and subzone; on, but in force only with outlier detection.</summary>
    public LocalityLoadBalancing? LocalityLbSetting { get; init; }

    /// <summary>Keeps traffic in its zone while the zone can take it; off by default.</summary>
    public ZoneAwareLoadBalancing? ZoneAwareLbSetting { get; init; }

    /// <summary>Time between resolutions of DNS names: 60 s.</summary>
    public TimeSpan DnsRefreshRate { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether HTTP/1.1 becomes HTTP/2 on its way: DO_NOT_UPGRADE.</summary>
    [Word("h2UpgradePolicy")]
    public MeshH2UpgradePolicy H2UpgradePolicy { get; init; }

    /// <summary>Name in statistics of what comes to a workload: <c>%SERVICE%_%SERVICE_PORT%</c> and the like.</summary>
    public string InboundClusterStatName { get; init; } = "";

    /// <summary>Name in statistics of services: <c>%SERVICE_FQDN%_%SERVICE_PORT%</c> and the like.</summary>
    public string OutboundClusterStatName { get; init; } = "";

    /// <summary>Certificates that the control plane makes.</summary>
    [Deprecated("use cert-manager")]
    public IReadOnlyList<DnsCertificate> Certificates { get; init; } = [];

    /// <summary>Settings of some services.</summary>
    public IReadOnlyList<ServiceSettings> ServiceSettings { get; init; } = [];

    /// <summary>Services that are for their own cluster, or for all.</summary>
    public IReadOnlyList<ServiceScope> ServiceScopeConfigs { get; init; } = [];

    /// <summary>Whether a workload's metrics are served with its proxy's: true.</summary>
    public bool? EnablePrometheusMerge { get; init; }

    /// <summary>Whether servers outside the mesh must show a good certificate.</summary>
    [Deprecated("use tls.insecureSkipVerify of DestinationRules")]
    public bool? VerifyCertificateAtClient { get; init; }

    /// <summary>An authority that signs instead of the control plane.</summary>
    public ExternalAuthority? Ca { get; init; }

    /// <summary>Services that traces, metrics, logs and decisions go to.</summary>
    public IReadOnlyList<ExtensionProvider> ExtensionProviders { get; init; } = [];

    /// <summary>The providers that are used where a resource names none.</summary>
    public DefaultProviders? DefaultProviders { get; init; }

    /// <summary>Namespaces that are read; all when empty.</summary>
    public IReadOnlyList<LabelSelection> DiscoverySelectors { get; init; } = [];

    /// <summary>What is done to paths before they are compared: BASE.</summary>
    public PathNormalization? PathNormalization { get; init; }

    /// <summary>What is tried again, where a route does not say it: 2 retries.</summary>
    public HttpRetry? DefaultHttpRetryPolicy { get; init; }

    /// <summary>What a sidecar tries again towards its workload.</summary>
    public HttpRetry? DefaultInboundHttpRetryPolicy { get; init; }

    /// <summary>Settings of all services, which DestinationRules override block by block.</summary>
    public DefaultTrafficPolicy? DefaultTrafficPolicy { get; init; }

    /// <summary>How far ServiceEntries are seen: everywhere.</summary>
    public ServiceEntryVisibility? ServiceEntryVisibility { get; init; }

    /// <summary>Mutual TLS between workloads.</summary>
    [Word("meshMTLS")]
    public MeshTls? MeshMtls { get; init; }

    /// <summary>All other TLS.</summary>
    public MeshTls? TlsDefaults { get; init; }

    /// <summary>Restricts all TLS: fips-140-2 and its like; none when empty.</summary>
    public string CompliancePolicy { get; init; } = "";
}
