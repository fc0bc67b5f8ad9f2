// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.GrpcWeb.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.RequestId.Uuid.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Mesh;
using Lateen.Translation.Clusters;
using GrpcStats = Envoy.Extensions.Filters.Http.GrpcStats.V3.FilterConfig;
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
        var manager = Create(statPrefix, mesh, StatsFilter.Outbound, isGrpcWeb: false);
        manager.UseRemoteAddress = false;
        manager.Rds = Rds(routes);
        // Clients of an HTTP proxy send whole URLs.
        manager.HttpProtocolOptions = new() { AllowAbsoluteUrl = true };
        ConnectionTuning.Apply(manager, mesh.Connections.Resolve(isGateway: false));
        return Filter(manager);
    }

    /// <summary>From the mesh to the application.</summary>
    /// <param name="isGrpcWeb">Clients may be browsers, and the application speaks gRPC.</param>
    public static Filter Inbound(string statPrefix, RouteConfiguration routes, MeshConfig mesh, bool isGrpcWeb)
    {
        var manager = Create(statPrefix, mesh, StatsFilter.Inbound, isGrpcWeb);
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
        ConnectionTuning.Apply(manager, mesh.Connections.Resolve(isGateway: false));
        return Filter(manager);
    }

    /// <summary>From outside: addresses are the connection's own, certificates are told of afresh.</summary>
    public static Filter Gateway(string statPrefix, string routes, MeshConfig mesh, bool isGrpcWeb)
    {
        var manager = Create(statPrefix, mesh, StatsFilter.Inbound, isGrpcWeb);
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
        ConnectionTuning.Apply(manager, mesh.Connections.Resolve(isGateway: true));
        return Filter(manager);
    }

    private static HttpConnectionManager Create(string statPrefix, MeshConfig mesh, Any stats, bool isGrpcWeb)
    {
        var manager = new HttpConnectionManager
        {
            StatPrefix = statPrefix,
            UpgradeConfigs = { new Pool.UpgradeConfig { UpgradeType = "websocket" } },
            StreamIdleTimeout = Packing.Zero,
            Proxy100Continue = true,
            RequestIdExtension = new()
            {
                TypedConfig = Any.Pack(new UuidRequestIdConfig { UseRequestIdForTraceSampling = true }),
            },
        };
        NormalizePaths(manager, mesh.PathNormalization);
        if (isGrpcWeb)
            Add(manager, "envoy.filters.http.grpc_web", Any.Pack(new GrpcWeb()));
        // With the messages of gRPC for Istio's metrics; methods would be too many to count apart.
        var grpcStats = new GrpcStats { EmitFilterState = true, StatsForAllMethods = false };
        Add(manager, "envoy.filters.http.grpc_stats", Any.Pack(grpcStats));
        Add(manager, StatsFilter.Name, stats);
        Add(manager, "envoy.filters.http.router", Any.Pack(new Router()));
        manager.AccessLog.AddRange(AccessLogs.OfFilter(mesh));
        return manager;
    }

    /// <summary>Each step does what the one before does.</summary>
    private static void NormalizePaths(HttpConnectionManager manager, PathNormalizationType normalization)
    {
        manager.NormalizePath = normalization != PathNormalizationType.None;
        manager.MergeSlashes =
            normalization is PathNormalizationType.MergeSlashes or PathNormalizationType.DecodeAndMergeSlashes;
        manager.PathWithEscapedSlashesAction =
            normalization == PathNormalizationType.DecodeAndMergeSlashes
                ? Pool.PathWithEscapedSlashesAction.UnescapeAndForward
                : Pool.PathWithEscapedSlashesAction.KeepUnchanged;
    }

    private static void Add(HttpConnectionManager manager, string name, Any config) =>
        manager.HttpFilters.Add(new HttpFilter { Name = name, TypedConfig = config });

    private static Rds Rds(string name) => new() { ConfigSource = OutboundClusters.ByAds(), RouteConfigName = name };

    private static Filter Filter(HttpConnectionManager manager) =>
        new() { Name = FilterName, TypedConfig = Any.Pack(manager) };
}
