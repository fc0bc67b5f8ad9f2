// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>Which Ingresses are served.</summary>
public enum IngressControllerMode : byte
{
    /// <summary>STRICT.</summary>
    Unspecified,

    /// <summary>None.</summary>
    Off,

    /// <summary>Those of the class, and those without one.</summary>
    Default,

    /// <summary>Those of the class.</summary>
    Strict,
}

/// <summary>How access logs are written.</summary>
public enum AccessLogEncoding : byte
{
    /// <summary>As text.</summary>
    Text,

    /// <summary>As JSON.</summary>
    Json,
}

/// <summary>What becomes of traffic to hosts that are not known.</summary>
public sealed record MeshOutboundPolicy
{
    /// <summary>ALLOW_ANY for the mesh as such; REGISTRY_ONLY when only the policy itself is there.</summary>
    public MeshOutboundMode Mode { get; init; }
}

/// <summary>What becomes of traffic to hosts that are not known.</summary>
public enum MeshOutboundMode : byte
{
    /// <summary>It is refused.</summary>
    RegistryOnly,

    /// <summary>It goes where it was going.</summary>
    AllowAny,

    /// <summary>It goes to where the name that it asks for resolves to.</summary>
    AllowAnyDynamicDns,
}

/// <summary>Where traffic for a workload goes.</summary>
public sealed record MeshInboundPolicy
{
    /// <summary>PASSTHROUGH by default.</summary>
    public MeshInboundMode Mode { get; init; }
}

/// <summary>Where traffic for a workload goes.</summary>
public enum MeshInboundMode : byte
{
    /// <summary>To the workload's address.</summary>
    Passthrough,

    /// <summary>To the loopback address.</summary>
    Localhost,
}

/// <summary>Whether HTTP/1.1 becomes HTTP/2 on its way.</summary>
public enum MeshH2UpgradePolicy : byte
{
    /// <summary>It does not.</summary>
    DoNotUpgrade,

    /// <summary>It does.</summary>
    Upgrade,
}

/// <summary>What is done to paths.</summary>
public sealed record PathNormalization
{
    /// <summary>BASE by default.</summary>
    public PathNormalizationType Normalization { get; init; }
}

/// <summary>What is done to paths; each does what the one before does.</summary>
public enum PathNormalizationType : byte
{
    /// <summary>BASE.</summary>
    Default,

    /// <summary>Nothing.</summary>
    None,

    /// <summary><c>/a/../b</c> → <c>/b</c>, by RFC 3986.</summary>
    Base,

    /// <summary><c>/a//b</c> → <c>/a/b</c>.</summary>
    MergeSlashes,

    /// <summary><c>/a%2fb</c> → <c>/a/b</c>.</summary>
    DecodeAndMergeSlashes,
}

/// <summary>Settings of all services.</summary>
public sealed record DefaultTrafficPolicy
{
    /// <summary>Limits and timeouts of connections.</summary>
    public ConnectionPool? ConnectionPool { get; init; }

    /// <summary>Takes out endpoints that fail.</summary>
    public OutlierDetection? OutlierDetection { get; init; }
}

/// <summary>Settings of some services.</summary>
public sealed record ServiceSettings
{
    /// <summary>What is set.</summary>
    public ServiceSetting? Settings { get; init; }

    /// <summary>Hosts of the services, with a <c>*.</c> in front for all below.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];
}

/// <summary>What is set for services.</summary>
public sealed record ServiceSetting
{
    /// <summary>Clients go to workloads of their own cluster alone.</summary>
    public bool ClusterLocal { get; init; }
}

/// <summary>Services that are for their own cluster, or for all.</summary>
public sealed record ServiceScope
{
    /// <summary>Labels of their namespaces.</summary>
    public LabelSelection? NamespaceSelector { get; init; }

    /// <summary>Labels of the services.</summary>
    public LabelSelection? ServicesSelector { get; init; }

    /// <summary>LOCAL by default.</summary>
    public ServiceScopeName Scope { get; init; }
}

/// <summary>Who a service is for.</summary>
public enum ServiceScopeName : byte
{
    /// <summary>Its own cluster.</summary>
    Local,

    /// <summary>All clusters.</summary>
    Global,
}

/// <summary>How far ServiceEntries are seen.</summary>
public sealed record ServiceEntryVisibility
{
    /// <summary>Where no policy matches: PUBLIC.</summary>
    public ServiceVisibility DefaultVisibility { get; init; }

    /// <summary>The first one that matches counts.</summary>
    public IReadOnlyList<VisibilityPolicy> Policies { get; init; } = [];

    /// <summary>Whether Envoy's proxies follow it too, as a bound of <c>exportTo</c>: false.</summary>
    public bool ApplyToSidecars { get; init; }
}

/// <summary>How far some ServiceEntries are seen.</summary>
public sealed record VisibilityPolicy
{
    /// <summary>Of those that match: PUBLIC.</summary>
    public ServiceVisibility Visibility { get; init; }

    /// <summary>All must match; everything does when empty.</summary>
    public IReadOnlyList<VisibilityRule> MatchingRules { get; init; } = [];
}

/// <summary>Which ServiceEntries are meant.</summary>
public sealed record VisibilityRule
{
    /// <summary>Labels of their namespaces; matches nothing when absent.</summary>
    public LabelSelection? NamespaceSelector { get; init; }
}

/// <summary>How far something is seen.</summary>
public enum ServiceVisibility : byte
{
    /// <summary>PUBLIC.</summary>
    VisibilityUnspecified,

    /// <summary>Nowhere.</summary>
    None,

    /// <summary>In its own namespace.</summary>
    Namespace,

    /// <summary>Everywhere.</summary>
    Public,
}

/// <summary>TLS of the whole mesh.</summary>
public sealed record MeshTls
{
    /// <summary>TLSV1_2 by default.</summary>
    public MeshTlsProtocol MinProtocolVersion { get; init; }

    /// <summary>Curves for the key exchange; Envoy's when empty.</summary>
    public IReadOnlyList<string> EcdhCurves { get; init; } = [];

    /// <summary>For TLS 1.2; Istio's list when empty.</summary>
    public IReadOnlyList<string> CipherSuites { get; init; } = [];
}

/// <summary>Versions of TLS.</summary>
public enum MeshTlsProtocol : byte
{
    /// <summary>1.2.</summary>
    TlsAuto,

    /// <summary>1.2.</summary>
    [Word("TLSV1_2")]
    Tls12,

    /// <summary>1.3.</summary>
    [Word("TLSV1_3")]
    Tls13,
}
