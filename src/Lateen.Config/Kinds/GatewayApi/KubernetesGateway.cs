// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>A gateway: where it listens, and which routes may use it.</summary>
[Kind(
    "gateway.networking.k8s.io",
    "gateways",
    "v1",
    "v1beta1",
    Name = "Gateway",
    ShortNames = ["gtw"],
    IsNotInForce = true
)]
public sealed record KubernetesGateway
{
    /// <summary>Its class: istio, istio-waypoint …</summary>
    [Required]
    public string GatewayClassName { get; init; } = "";

    /// <summary>Where it listens.</summary>
    [Required]
    public IReadOnlyList<Listener> Listeners { get; init; } = [];

    /// <summary>Addresses that it should have; any when empty.</summary>
    public IReadOnlyList<GatewayAddress> Addresses { get; init; } = [];

    /// <summary>What is made for it.</summary>
    public GatewayInfrastructure? Infrastructure { get; init; }

    /// <summary>Which ListenerSets may add listeners: none by default.</summary>
    public AllowedListeners? AllowedListeners { get; init; }

    /// <summary>TLS of all its listeners, and towards services.</summary>
    public GatewayTls? Tls { get; init; }

    /// <summary>Whether routes that ask for default gateways get it: None.</summary>
    public GatewayDefaultScope DefaultScope { get; init; }
}

/// <summary>Whether routes that ask for default gateways get a gateway.</summary>
[PascalWords]
public enum GatewayDefaultScope : byte
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>They do.</summary>
    All,
}

/// <summary>An address of a gateway.</summary>
public sealed record GatewayAddress
{
    /// <summary>IPAddress, Hostname or a name with a domain in front.</summary>
    public string Type { get; init; } = "IPAddress";

    /// <summary>The address; any of its type when empty.</summary>
    public string Value { get; init; } = "";
}

/// <summary>What is made for a gateway: its Deployment, Service and so on.</summary>
public sealed record GatewayInfrastructure
{
    /// <summary>Labels of what is made.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations of what is made.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>A ConfigMap with settings, in the gateway's namespace.</summary>
    public LocalParametersReference? ParametersRef { get; init; }
}

/// <summary>A resource with settings, in the same namespace.</summary>
public sealed record LocalParametersReference
{
    /// <summary>API group of the resource.</summary>
    [Required(MayBeEmpty = true)]
    public string Group { get; init; } = "";

    /// <summary>Kind of the resource.</summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>Of the resource.</summary>
    [Required]
    public string Name { get; init; } = "";
}

/// <summary>Which ListenerSets may add listeners.</summary>
public sealed record AllowedListeners
{
    /// <summary>Of these namespaces.</summary>
    public NamespaceSelection? Namespaces { get; init; }
}
