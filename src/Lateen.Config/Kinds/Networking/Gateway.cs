// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>What proxies at the edge listen for.</summary>
[Kind("networking.istio.io", "gateways", "v1", "v1beta1", "v1alpha3", ShortNames = ["gw"])]
public sealed record Gateway
{
    /// <summary>Ports, with who is served there.</summary>
    [Required]
    public IReadOnlyList<GatewayServer> Servers { get; init; } = [];

    /// <summary>Labels of the proxies that serve it; empty is all gateways.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; init; } = new Dictionary<string, string>();
}

/// <summary>A port of a gateway.</summary>
public sealed record GatewayServer
{
    /// <summary>Where it listens.</summary>
    [Required]
    public ServerPort? Port { get; init; }

    /// <summary>Address or Unix socket (<c>unix:///path</c>) to listen on; empty for all addresses.</summary>
    public string Bind { get; init; } = "";

    /// <summary><c>namespace/host</c> or host; a <c>*.</c> wildcard is allowed in front.</summary>
    [Required]
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>TLS of its clients.</summary>
    [NotInForce]
    public ServerTls? Tls { get; init; }

    /// <summary>Where traffic goes that no route takes.</summary>
    [NotInForce]
    public string DefaultEndpoint { get; init; } = "";

    /// <summary>For statistics; unique in the gateway.</summary>
    public string Name { get; init; } = "";
}

/// <summary>A port to listen on.</summary>
public sealed record ServerPort
{
    /// <summary>1 to 65535; 0 where bind is a Unix socket.</summary>
    [Required, Range(0, 65535)]
    public int Number { get; init; }

    /// <summary>HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TCP or TLS.</summary>
    [Required]
    public string Protocol { get; init; } = "";

    /// <summary>Unique among the gateway's ports.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Not in use.</summary>
    [Range(1, 65535), Deprecated("remove it")]
    public int? TargetPort { get; init; }
}
