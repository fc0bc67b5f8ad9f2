// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>
/// What a workload's proxy listens for, and which services it knows. The one with a selector wins over the namespace's, which wins over
/// the one in the root namespace.
/// </summary>
[Kind("networking.istio.io", "sidecars", "v1", "v1beta1", "v1alpha3", IsSpecOptional = true, IsNotInForce = true)]
public sealed record Sidecar
{
    /// <summary>Workloads that it is for; the whole namespace when it is not there.</summary>
    public WorkloadSelector? WorkloadSelector { get; init; }

    /// <summary>What the workload is asked for; found from the services that it belongs to when empty.</summary>
    public IReadOnlyList<SidecarIngress> Ingress { get; init; } = [];

    /// <summary>What the workload may ask for; everything that is exported to its namespace when empty.</summary>
    public IReadOnlyList<SidecarEgress> Egress { get; init; } = [];

    /// <summary>Limits and timeouts of connections from the proxy to its workload; the ports' own settings win.</summary>
    public ConnectionPool? InboundConnectionPool { get; init; }

    /// <summary>What becomes of traffic to hosts that are not known; as the mesh has it when it is not there.</summary>
    public SidecarOutboundPolicy? OutboundTrafficPolicy { get; init; }
}

/// <summary>A port that the workload is asked on.</summary>
public sealed record SidecarIngress
{
    /// <summary>The port.</summary>
    [Required]
    public SidecarPort? Port { get; init; }

    /// <summary>Address to listen on; the workload's own when empty. Unix sockets are not for ingress.</summary>
    public string Bind { get; init; } = "";

    /// <summary>How traffic comes to the proxy.</summary>
    public CaptureMode CaptureMode { get; init; }

    /// <summary>Where the workload listens: <c>127.0.0.1:PORT</c>, <c>0.0.0.0:PORT</c>, <c>unix:///path</c>; the same port of the workload when empty.</summary>
    public string DefaultEndpoint { get; init; } = "";

    /// <summary>TLS of clients outside of the mesh, with certificates of files.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>Limits and timeouts of connections to the workload's port.</summary>
    public ConnectionPool? ConnectionPool { get; init; }
}

/// <summary>Services that the workload may ask for.</summary>
public sealed record SidecarEgress
{
    /// <summary>Port of the services; all of them when it is not there.</summary>
    public SidecarPort? Port { get; init; }

    /// <summary>Address or Unix socket (<c>unix:///path</c>) to listen on; the services' addresses when empty.</summary>
    public string Bind { get; init; } = "";

    /// <summary>How traffic comes to the proxy.</summary>
    public CaptureMode CaptureMode { get; init; }

    /// <summary>
    /// <c>namespace/host</c>: namespaces are names, <c>*</c> for all, <c>.</c> for the Sidecar's own, <c>~</c> for none; hosts may begin
    /// with a wildcard. A <c>~</c> in front of a namespace leaves its hosts out.
    /// </summary>
    [Required]
    public IReadOnlyList<string> Hosts { get; init; } = [];
}

/// <summary>A port by number, with its protocol.</summary>
public sealed record SidecarPort
{
    /// <summary>1 to 65535; 0 only with a Unix socket.</summary>
    [Range(0, 65535)]
    public int Number { get; init; }

    /// <summary>HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TCP or TLS.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>For statistics.</summary>
    public string Name { get; init; } = "";

    /// <summary>Not in use.</summary>
    [Range(1, 65535), Deprecated("use defaultEndpoint")]
    public int? TargetPort { get; init; }
}

/// <summary>How traffic comes to the proxy.</summary>
public enum CaptureMode : byte
{
    /// <summary>As the workload's environment has it.</summary>
    Default,

    /// <summary>By redirection in the kernel.</summary>
    Iptables,

    /// <summary>The workload talks to the proxy's port itself.</summary>
    None,
}

/// <summary>What becomes of traffic to hosts that are not known.</summary>
public sealed record SidecarOutboundPolicy
{
    /// <summary>REGISTRY_ONLY when only the policy itself is there.</summary>
    public SidecarOutboundMode Mode { get; init; }

    /// <summary>Sends it to this service; with ALLOW_ANY.</summary>
    public Destination? EgressProxy { get; init; }
}

/// <summary>What becomes of traffic to hosts that are not known.</summary>
public enum SidecarOutboundMode : byte
{
    /// <summary>It is refused.</summary>
    RegistryOnly,

    /// <summary>It goes where it was going.</summary>
    AllowAny,
}
