// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>Which headers a proxy sets.</summary>
public sealed record ProxyHeaders
{
    /// <summary>X-Forwarded-Client-Cert of sidecars; gateways have gatewayTopology.</summary>
    public ForwardClientCert ForwardedClientCert { get; init; }

    /// <summary>X-Forwarded-Client-Cert in detail: which parts of the client's certificate it has.</summary>
    public ForwardedCertDetails? SetCurrentClientCertDetails { get; init; }

    /// <summary>X-Request-Id.</summary>
    public HeaderSwitch? RequestId { get; init; }

    /// <summary>Server.</summary>
    public ServerHeader? Server { get; init; }

    /// <summary>X-Envoy-Attempt-Count.</summary>
    public HeaderSwitch? AttemptCount { get; init; }

    /// <summary>X-Envoy-Upstream-Service-Time, X-Envoy-Original-Path and the like.</summary>
    public HeaderSwitch? EnvoyDebugHeaders { get; init; }

    /// <summary>X-Envoy-Peer-Metadata and its id.</summary>
    public MetadataHeaders? MetadataExchangeHeaders { get; init; }

    /// <summary>Keeps upper and lower case of HTTP/1.1 headers: false.</summary>
    public bool? PreserveHttp1HeaderCase { get; init; }

    /// <summary>X-Forwarded-Host, where the host is changed.</summary>
    [Word("xForwardedHost")]
    public HeaderSwitch? XForwardedHost { get; init; }

    /// <summary>X-Forwarded-Port.</summary>
    [Word("xForwardedPort")]
    public HeaderSwitch? XForwardedPort { get; init; }
}

/// <summary>Whether a header is set.</summary>
public sealed record HeaderSwitch
{
    /// <summary>It is not.</summary>
    public bool? Disabled { get; init; }

    /// <summary>It is.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>The header Server.</summary>
public sealed record ServerHeader
{
    /// <summary>It is left as the service has it.</summary>
    public bool? Disabled { get; init; }

    /// <summary>What it says: istio-envoy.</summary>
    public string Value { get; init; } = "";
}

/// <summary>Headers that proxies tell each other of their workloads by.</summary>
public sealed record MetadataHeaders
{
    /// <summary>UNDEFINED by default.</summary>
    public MetadataHeadersMode Mode { get; init; }
}

/// <summary>Who gets headers of the mesh.</summary>
public enum MetadataHeadersMode : byte
{
    /// <summary>Everybody.</summary>
    Undefined,

    /// <summary>Workloads of the mesh.</summary>
    InMesh,
}

/// <summary>Which parts of a certificate a header has.</summary>
public sealed record ForwardedCertDetails
{
    /// <summary>The subject: true.</summary>
    public bool? Subject { get; init; }

    /// <summary>The certificate: false.</summary>
    public bool? Cert { get; init; }

    /// <summary>The chain: false.</summary>
    public bool? Chain { get; init; }

    /// <summary>Names of DNS: true.</summary>
    public bool? Dns { get; init; }

    /// <summary>URIs, the SPIFFE identity among them: true.</summary>
    public bool? Uri { get; init; }
}
