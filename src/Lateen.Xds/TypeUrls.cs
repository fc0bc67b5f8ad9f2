// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Xds;

/// <summary>Type URLs of the xDS resources both planes exchange (xDS transport protocol, v3).</summary>
public static class TypeUrls
{
    private const string Prefix = "type.googleapis.com/";

    public const string Cluster = Prefix + "envoy.config.cluster.v3.Cluster";
    public const string Endpoints = Prefix + "envoy.config.endpoint.v3.ClusterLoadAssignment";
    public const string Listener = Prefix + "envoy.config.listener.v3.Listener";
    public const string Route = Prefix + "envoy.config.route.v3.RouteConfiguration";
    public const string Secret = Prefix + "envoy.extensions.transport_sockets.tls.v3.Secret";

    /// <summary>CDS and LDS: an empty subscription means all resources of the type.</summary>
    public static bool IsWildcard(string typeUrl) => typeUrl is Cluster or Listener;

    /// <summary>The order of types inside one push: what is referred to goes before what refers to it.</summary>
    public static IReadOnlyList<string> PushOrder { get; } = [Cluster, Endpoints, Listener, Route, Secret];
}
