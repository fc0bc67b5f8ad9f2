// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>TLS from a gateway towards services.</summary>
[Kind(
    "gateway.networking.k8s.io",
    "backendtlspolicies",
    "v1",
    "v1alpha3",
    Name = "BackendTLSPolicy",
    ShortNames = ["btlspolicy"],
    IsNotInForce = true
)]
public sealed record BackendTlsPolicy
{
    /// <summary>The services, in its own namespace.</summary>
    [Required]
    public IReadOnlyList<PolicyTargetReference> TargetRefs { get; init; } = [];

    /// <summary>What their certificates must be.</summary>
    [Required]
    public BackendTlsValidation? Validation { get; init; }

    /// <summary>Further settings, with a domain in front of their names.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a policy is for.</summary>
public sealed record PolicyTargetReference
{
    /// <summary>API group; empty for a Service.</summary>
    [Required(MayBeEmpty = true)]
    public string Group { get; init; } = "";

    /// <summary>Service or ServiceEntry.</summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>Of the service.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Name of a port; all of them when empty.</summary>
    public string SectionName { get; init; } = "";
}

/// <summary>What certificates must be.</summary>
public sealed record BackendTlsValidation
{
    /// <summary>ConfigMaps with the authorities, in its own namespace.</summary>
    public IReadOnlyList<LocalReference> CaCertificateRefs { get; init; } = [];

    /// <summary>System: the authorities of the gateway's system, instead of resources.</summary>
    public string WellKnownCACertificates { get; init; } = "";

    /// <summary>Server name that is sent, and that the certificate must have.</summary>
    [Required]
    public string Hostname { get; init; } = "";

    /// <summary>Names of which the certificate must have one, instead of the host's.</summary>
    public IReadOnlyList<SubjectAltName> SubjectAltNames { get; init; } = [];
}

/// <summary>A name in a certificate.</summary>
public sealed record SubjectAltName
{
    /// <summary>Which field is there.</summary>
    [Required]
    public SubjectAltNameType? Type { get; init; }

    /// <summary>A host, with a <c>*.</c> in front for all below.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>A URI, as <c>spiffe://cluster.local/ns/default/sa/a</c>.</summary>
    public string Uri { get; init; } = "";
}

/// <summary>What kind of name it is.</summary>
[PascalWords]
public enum SubjectAltNameType : byte
{
    /// <summary>A host.</summary>
    Hostname,

    /// <summary>A URI.</summary>
    [Word("URI")]
    Uri,
}
