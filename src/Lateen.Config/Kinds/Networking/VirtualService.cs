// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>How requests for hosts are routed.</summary>
[Kind("networking.istio.io", "virtualservices", "v1", "v1beta1", "v1alpha3", ShortNames = ["vs"])]
public sealed record VirtualService
{
    /// <summary>Gateway name that stands for all sidecars.</summary>
    public const string Mesh = "mesh";

    /// <summary>The gateways of one that names none.</summary>
    public static IReadOnlyList<string> MeshOnly { get; } = [Mesh];

    /// <summary>
    /// What clients ask for: DNS names, with a <c>*.</c> in front for all below; short names are completed with the resource's namespace.
    /// One without hosts holds rules that another one delegates to.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary><c>namespace/name</c> or <c>name</c> of Gateways, or <c>mesh</c> for all sidecars, which is the default.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = MeshOnly;

    /// <summary>Rules for HTTP, HTTP/2 and gRPC; the first that matches wins.</summary>
    public IReadOnlyList<HttpRule> Http { get; init; } = [];

    /// <summary>Rules for TLS that is passed through, by server name; the first that matches wins.</summary>
    [NotInForce]
    public IReadOnlyList<TlsRule> Tls { get; init; } = [];

    /// <summary>Rules for other TCP connections; the first that matches wins.</summary>
    public IReadOnlyList<TcpRule> Tcp { get; init; } = [];

    /// <summary>Namespaces whose proxies see it: <c>*</c> for all, which is the default, <c>.</c> for its own.</summary>
    public IReadOnlyList<string> ExportTo { get; init; } = [];
}

/// <summary>Where traffic goes, with its share of it.</summary>
public sealed record RouteDestination
{
    /// <summary>The service.</summary>
    [Required]
    public Destination Destination { get; init; } = new();

    /// <summary>Share relative to the sum of all weights; a single destination gets everything.</summary>
    [Range(0)]
    public int Weight { get; init; }

    /// <summary>Changes for requests that take this share, and for their responses.</summary>
    public HeaderRules Headers { get; init; } = HeaderRules.None;
}

/// <summary>A service that traffic can go to.</summary>
public sealed record Destination
{
    /// <summary>A service's name, short (of the rule's own namespace) or in full.</summary>
    [Required]
    public string Host { get; init; } = "";

    /// <summary>A subset of a DestinationRule; empty for all of the service's workloads.</summary>
    public string Subset { get; init; } = "";

    /// <summary>The service's port; may be left out when it has but one.</summary>
    public PortSelector? Port { get; init; }
}

/// <summary>A port of a service.</summary>
public sealed record PortSelector
{
    /// <summary>1 to 65535.</summary>
    [Required, Range(1, 65535)]
    public int Number { get; init; }
}
