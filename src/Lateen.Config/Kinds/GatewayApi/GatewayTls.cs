// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>TLS of a gateway as a whole.</summary>
public sealed record GatewayTls
{
    /// <summary>Towards services.</summary>
    public GatewayBackendTls? Backend { get; init; }

    /// <summary>Towards clients.</summary>
    public GatewayFrontendTls? Frontend { get; init; }
}

/// <summary>TLS towards services.</summary>
public sealed record GatewayBackendTls
{
    /// <summary>Secret with the certificate that the gateway shows.</summary>
    public SecretReference? ClientCertificateRef { get; init; }
}

/// <summary>TLS towards clients.</summary>
public sealed record GatewayFrontendTls
{
    /// <summary>For all ports.</summary>
    [Required]
    public FrontendTls? Default { get; init; }

    /// <summary>For single ports, instead.</summary>
    public IReadOnlyList<PortFrontendTls> PerPort { get; init; } = [];
}

/// <summary>TLS towards clients of a port.</summary>
public sealed record PortFrontendTls
{
    /// <summary>The port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>Its settings.</summary>
    [Required]
    public FrontendTls? Tls { get; init; }
}

/// <summary>TLS towards clients.</summary>
public sealed record FrontendTls
{
    /// <summary>What clients must show; nothing when it is not there.</summary>
    public FrontendValidation? Validation { get; init; }
}

/// <summary>What clients must show.</summary>
public sealed record FrontendValidation
{
    /// <summary>ConfigMaps with the authorities of their certificates.</summary>
    [Required]
    public IReadOnlyList<AuthorityReference> CaCertificateRefs { get; init; } = [];

    /// <summary>Whether others are let in: AllowValidOnly.</summary>
    public FrontendValidationMode Mode { get; init; }
}

/// <summary>Whether clients without a good certificate are let in.</summary>
[PascalWords]
public enum FrontendValidationMode : byte
{
    /// <summary>They are not.</summary>
    AllowValidOnly,

    /// <summary>They are; services decide.</summary>
    AllowInsecureFallback,
}

/// <summary>A resource with authorities.</summary>
public sealed record AuthorityReference
{
    /// <summary>API group of the resource; empty for a ConfigMap.</summary>
    [Required(MayBeEmpty = true)]
    public string Group { get; init; } = "";

    /// <summary>Kind of the resource: ConfigMap.</summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>Of the resource.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The gateway's own when empty; for others there must be a ReferenceGrant.</summary>
    public string Namespace { get; init; } = "";
}

/// <summary>A Secret.</summary>
public sealed record SecretReference
{
    /// <summary>Empty.</summary>
    public string Group { get; init; } = "";

    /// <summary>Secret.</summary>
    public string Kind { get; init; } = "Secret";

    /// <summary>Of the Secret.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The resource's own when empty; for others there must be a ReferenceGrant.</summary>
    public string Namespace { get; init; } = "";
}
