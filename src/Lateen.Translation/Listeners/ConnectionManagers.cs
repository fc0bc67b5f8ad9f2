// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.RequestId.Uuid.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Mesh;
using Lateen.Translation.Clusters;
using Pool = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager.Types;

namespace Lateen.Translation.Listeners;

/// <summary>HTTP connection managers: one each for a sidecar's two directions and for gateways.</summary>
internal static class ConnectionManagers
{
    private const string FilterName = "envoy.filters.network.http_connection_manager";

    /// <summary>What servers call themselves when a proxy answers for them.</summary>
    private const string ServerName = "istio-envoy";

    /// <summary>From the application to the mesh.</summary>
    public static Filter Outbound(string statPrefix, string routes, MeshConfig mesh)
    {
        var manager = Create(statPrefix, mesh, StatsFilter.Outbound);
        manager.UseRemoteAddress = false;
        manager.Rds = Rds(routes);
        // Clients of an HTTP proxy send whole URLs.
        manager.HttpProtocolOptions = new() { AllowAbsoluteUrl = true };
        return Filter(manager);
    }

    /// <summary>From the mesh to the application.</summary>
    public static Filter Inbound(string statPrefix, RouteConfiguration routes, MeshConfig mesh)
    {
        var manager = Create(statPrefix, mesh, StatsFilter.Inbound);
        manager.UseRemoteAddress = false;
        manager.RouteConfig = routes;
        manager.ServerName = ServerName;
        manager.ForwardClientCertDetails = Pool.ForwardClientCertDetails.AppendForward;
        manager.SetCurrentClientCertDetails = new()
        {
            Subject = true,
            Dns = true,
            Uri = true,
        };
        return Filter(manager);
    }

    /// <summary>From outside: addresses are the connection's own, certificates are told of afresh.</summary>
    public static Filter Gateway(string statPrefix, string routes, MeshConfig mesh)
    {
        var manager = Create(statPrefix, mesh, StatsFilter.Inbound);
        manager.UseRemoteAddress = true;
        manager.Rds = Rds(routes);
        manager.ServerName = ServerName;
        manager.ForwardClientCertDetails = Pool.ForwardClientCertDetails.SanitizeSet;
        manager.SetCurrentClientCertDetails = new()
        {
            Subject = true,
            Cert = true,
            Dns = true,
            Uri = true,
        };
        return Filter(manager);
    }

    private static HttpConnectionManager Create(string statPrefix, MeshConfig mesh, Any stats)
    {
        var manager = new HttpConnectionManager
        {
            StatPrefix = statPrefix,
            NormalizePath = true,
            PathWithEscapedSlashesAction = Pool.PathWithEscapedSlashesAction.KeepUnchanged,
            UpgradeConfigs = { new Pool.UpgradeConfig { UpgradeType = "websocket" } },
            StreamIdleTimeout = Packing.Zero,
            Proxy100Continue = true,
            RequestIdExtension = new()
            {
                TypedConfig = Any.Pack(new UuidRequestIdConfig { UseRequestIdForTraceSampling = true }),
            },
            HttpFilters =
            {
                new HttpFilter { Name = StatsFilter.Name, TypedConfig = stats },
                new HttpFilter { Name = "envoy.filters.http.router", TypedConfig = Any.Pack(new Router()) },
            },
        };
        manager.AccessLog.AddRange(AccessLogs.OfFilter(mesh));
        return manager;
    }

    private static Rds Rds(string name) => new() { ConfigSource = OutboundClusters.ByAds(), RouteConfigName = name };

    private static Filter Filter(HttpConnectionManager manager) =>
        new() { Name = FilterName, TypedConfig = Any.Pack(manager) };
}
