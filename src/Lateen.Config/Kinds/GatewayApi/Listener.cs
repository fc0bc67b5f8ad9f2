// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>A port that a gateway listens on, for one host or all.</summary>
public sealed record Listener
{
    /// <summary>Unique in the gateway; routes refer to it as sectionName.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Host that it is for, with a <c>*.</c> in front for all below; all hosts when empty.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>1 to 65535.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>HTTP, HTTPS, TLS, TCP, UDP or a name with a domain in front.</summary>
    [Required]
    public string Protocol { get; init; } = "";

    /// <summary>For HTTPS and TLS.</summary>
    public ListenerTls? Tls { get; init; }

    /// <summary>Which routes may use it: those of its own namespace that suit its protocol.</summary>
    public AllowedRoutes? AllowedRoutes { get; init; }
}

/// <summary>TLS of a listener.</summary>
public sealed record ListenerTls
{
    /// <summary>Terminate by default.</summary>
    public ListenerTlsMode Mode { get; init; }

    /// <summary>Secrets with key and certificate; for Terminate.</summary>
    public IReadOnlyList<SecretReference> CertificateRefs { get; init; } = [];

    /// <summary>Further settings, with a domain in front of their names.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a listener does with TLS.</summary>
[PascalWords]
public enum ListenerTlsMode : byte
{
    /// <summary>Ends it.</summary>
    Terminate,

    /// <summary>Passes it on, by server name.</summary>
    Passthrough,
}

/// <summary>Which routes may use a listener.</summary>
public sealed record AllowedRoutes
{
    /// <summary>Of these namespaces: its own by default.</summary>
    public NamespaceSelection? Namespaces { get; init; }

    /// <summary>Of these kinds; those that suit its protocol when empty.</summary>
    public IReadOnlyList<RouteKind> Kinds { get; init; } = [];
}

/// <summary>A kind of routes.</summary>
public sealed record RouteKind
{
    /// <summary>API group of the kind.</summary>
    public string Group { get; init; } = "gateway.networking.k8s.io";

    /// <summary>HTTPRoute, GRPCRoute, TLSRoute, TCPRoute or UDPRoute.</summary>
    [Required]
    public string Kind { get; init; } = "";
}

/// <summary>Selects namespaces.</summary>
public sealed record NamespaceSelection
{
    /// <summary>Same for routes, None for ListenerSets by default.</summary>
    public NamespacesFrom? From { get; init; }

    /// <summary>For Selector.</summary>
    public LabelSelection? Selector { get; init; }
}

/// <summary>Which namespaces.</summary>
[PascalWords]
public enum NamespacesFrom : byte
{
    /// <summary>All.</summary>
    All,

    /// <summary>Those that the selector selects.</summary>
    Selector,

    /// <summary>The gateway's own.</summary>
    Same,

    /// <summary>None.</summary>
    None,
}

/// <summary>Listeners that are added to a gateway.</summary>
[Kind("gateway.networking.k8s.io", "listenersets", "v1", ShortNames = ["lset"], IsNotInForce = true)]
public sealed record ListenerSet
{
    /// <summary>The gateway, which must allow it.</summary>
    [Required]
    public ParentGatewayReference? ParentRef { get; init; }

    /// <summary>What is added.</summary>
    [Required]
    public IReadOnlyList<Listener> Listeners { get; init; } = [];
}

/// <summary>A gateway.</summary>
public sealed record ParentGatewayReference
{
    /// <summary>API group of the gateway.</summary>
    public string Group { get; init; } = "gateway.networking.k8s.io";

    /// <summary>Gateway.</summary>
    public string Kind { get; init; } = "Gateway";

    /// <summary>Of the gateway.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The resource's own when empty.</summary>
    public string Namespace { get; init; } = "";
}
