// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>What a change is for; all conditions must hold.</summary>
public sealed record EnvoyPatchMatch
{
    /// <summary>ANY by default.</summary>
    public EnvoyPatchContext Context { get; init; }

    /// <summary>Conditions on the proxy.</summary>
    public EnvoyProxyMatch? Proxy { get; init; }

    /// <summary>Conditions on the listener.</summary>
    [OneOf("object_types")]
    public EnvoyListenerMatch? Listener { get; init; }

    /// <summary>Conditions on the route configuration.</summary>
    [OneOf("object_types")]
    public EnvoyRouteConfigurationMatch? RouteConfiguration { get; init; }

    /// <summary>Conditions on the cluster.</summary>
    [OneOf("object_types")]
    public EnvoyClusterMatch? Cluster { get; init; }

    /// <summary>Conditions for waypoints.</summary>
    [OneOf("object_types")]
    public EnvoyWaypointMatch? Waypoint { get; init; }
}

/// <summary>Which traffic of which proxy.</summary>
public enum EnvoyPatchContext : byte
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>What comes to a sidecar.</summary>
    SidecarInbound,

    /// <summary>What leaves a sidecar's workload.</summary>
    SidecarOutbound,

    /// <summary>Gateways.</summary>
    Gateway,

    /// <summary>Waypoints.</summary>
    Waypoint,
}

/// <summary>Conditions on the proxy.</summary>
public sealed record EnvoyProxyMatch
{
    /// <summary>RE2 pattern for the proxy's version.</summary>
    public string ProxyVersion { get; init; } = "";

    /// <summary>Metadata that the proxy must have, word for word.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>Conditions on a cluster; those that are not there hold.</summary>
public sealed record EnvoyClusterMatch
{
    /// <summary>Port of the service.</summary>
    [Range(0, 65535)]
    public int PortNumber { get; init; }

    /// <summary>Host of the service in full.</summary>
    public string Service { get; init; } = "";

    /// <summary>Subset of a DestinationRule.</summary>
    public string Subset { get; init; } = "";

    /// <summary>The cluster's name; beside it the other conditions do not count.</summary>
    public string Name { get; init; } = "";
}

/// <summary>Conditions on a listener; those that are not there hold.</summary>
public sealed record EnvoyListenerMatch
{
    /// <summary>Its port.</summary>
    [Range(0, 65535)]
    public int PortNumber { get; init; }

    /// <summary>Not in use.</summary>
    [Deprecated("use portNumber")]
    public string PortName { get; init; } = "";

    /// <summary>Conditions on a filter chain.</summary>
    public EnvoyFilterChainMatch? FilterChain { get; init; }

    /// <summary>Name of a listener filter.</summary>
    public string ListenerFilter { get; init; } = "";

    /// <summary>The listener's name.</summary>
    public string Name { get; init; } = "";
}

/// <summary>Conditions on a filter chain; those that are not there hold.</summary>
public sealed record EnvoyFilterChainMatch
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Server name that it is for.</summary>
    public string Sni { get; init; } = "";

    /// <summary>Transport that it is for: <c>raw_buffer</c> or <c>tls</c>.</summary>
    public string TransportProtocol { get; init; } = "";

    /// <summary>Protocols by ALPN that it is for, separated by commas.</summary>
    public string ApplicationProtocols { get; init; } = "";

    /// <summary>A network filter in it.</summary>
    public EnvoyNetworkFilterMatch? Filter { get; init; }

    /// <summary>Port that it is for.</summary>
    [Range(0, 65535)]
    public int DestinationPort { get; init; }
}

/// <summary>A network filter.</summary>
public sealed record EnvoyNetworkFilterMatch
{
    /// <summary>Its name: <c>envoy.filters.network.http_connection_manager</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>An HTTP filter in it.</summary>
    public EnvoyHttpFilterMatch? SubFilter { get; init; }
}

/// <summary>An HTTP filter.</summary>
public sealed record EnvoyHttpFilterMatch
{
    /// <summary>Its name: <c>envoy.filters.http.router</c>.</summary>
    public string Name { get; init; } = "";
}

/// <summary>Conditions on a route configuration; those that are not there hold.</summary>
public sealed record EnvoyRouteConfigurationMatch
{
    /// <summary>Port of the service, or of the gateway's server.</summary>
    [Range(0, 65535)]
    public int PortNumber { get; init; }

    /// <summary>Name of the gateway's server; for gateways.</summary>
    public string PortName { get; init; } = "";

    /// <summary><c>namespace/name</c> of the Gateway; for gateways.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>Conditions on a virtual host.</summary>
    [Word("vhost")]
    public EnvoyVirtualHostMatch? VirtualHost { get; init; }

    /// <summary>The route configuration's name.</summary>
    public string Name { get; init; } = "";
}

/// <summary>Conditions on a virtual host; those that are not there hold.</summary>
public sealed record EnvoyVirtualHostMatch
{
    /// <summary>Its name: <c>host:port</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Conditions on a route.</summary>
    public EnvoyRouteMatch? Route { get; init; }

    /// <summary>A domain that it is for.</summary>
    public string DomainName { get; init; } = "";
}

/// <summary>Conditions on a route; those that are not there hold.</summary>
public sealed record EnvoyRouteMatch
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>ANY by default.</summary>
    public EnvoyRouteAction Action { get; init; }
}

/// <summary>What a route does.</summary>
public enum EnvoyRouteAction : byte
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>Sends on.</summary>
    Route,

    /// <summary>Sends elsewhere.</summary>
    Redirect,

    /// <summary>Answers itself.</summary>
    DirectResponse,
}

/// <summary>Conditions for waypoints; those that are not there hold.</summary>
public sealed record EnvoyWaypointMatch
{
    /// <summary>A network filter.</summary>
    public EnvoyNetworkFilterMatch? Filter { get; init; }

    /// <summary>Port of the service.</summary>
    [Range(0, 65535)]
    public int PortNumber { get; init; }

    /// <summary>A route.</summary>
    public EnvoyWaypointRouteMatch? Route { get; init; }
}

/// <summary>A route of a waypoint.</summary>
public sealed record EnvoyWaypointRouteMatch
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";
}
