// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>Where configuration is read from.</summary>
public sealed record ConfigSource
{
    /// <summary><c>k8s://</c>, <c>fs:///directory</c> or <c>xds://host:port</c>.</summary>
    public string Address { get; init; } = "";

    /// <summary>TLS towards it.</summary>
    public ClientTls? TlsSettings { get; init; }

    /// <summary>What is read from it; everything when empty.</summary>
    public IReadOnlyList<SubscribedResource> SubscribedResources { get; init; } = [];
}

/// <summary>What is read from a source.</summary>
public enum SubscribedResource : byte
{
    /// <summary>Services of its platform.</summary>
    ServiceRegistry,
}

/// <summary>Authorities of some workloads.</summary>
public sealed record CertificateAuthority
{
    /// <summary>Certificates themselves, as PEM.</summary>
    [OneOf("certificate_data")]
    public string? Pem { get; init; }

    /// <summary>Where a SPIFFE bundle is fetched.</summary>
    [OneOf("certificate_data")]
    public string? SpiffeBundleUrl { get; init; }

    /// <summary>Signers of Kubernetes that they stand for; all when empty.</summary>
    public IReadOnlyList<string> CertSigners { get; init; } = [];

    /// <summary>Trust domains that they stand for; the mesh's own when empty.</summary>
    public IReadOnlyList<string> TrustDomains { get; init; } = [];
}

/// <summary>An authority that signs instead of the control plane.</summary>
public sealed record ExternalAuthority
{
    /// <summary><c>host:port</c> of a server with Istio's certificate service.</summary>
    [Required]
    public string Address { get; init; } = "";

    /// <summary>TLS towards it.</summary>
    public ClientTls? TlsSettings { get; init; }

    /// <summary>Time for a signature: 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the control plane asks it, and not the workloads: true.</summary>
    public bool IstiodSide { get; init; } = true;
}

/// <summary>A certificate that the control plane makes.</summary>
public sealed record DnsCertificate
{
    /// <summary>Secret that it is kept in.</summary>
    public string SecretName { get; init; } = "";

    /// <summary>Its names.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];
}

/// <summary>The providers that are used where a resource names none.</summary>
public sealed record DefaultProviders
{
    /// <summary>For traces.</summary>
    public IReadOnlyList<string> Tracing { get; init; } = [];

    /// <summary>For metrics.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>For access logs.</summary>
    public IReadOnlyList<string> AccessLogging { get; init; } = [];
}
