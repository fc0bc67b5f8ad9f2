// SPDX-License-Identifier: Apache-2.0
using Envoy.Admin.V3;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Core.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Lateen.Xds;

namespace Lateen.Proxy.Admin;

/// <summary><c>/config_dump</c>: every resource as it came, active or warming, in the order and shapes that istioctl reads.</summary>
internal static class ConfigDumpPage
{
    public static AdminResponse Write(ProxyState state, AdminRequest request)
    {
        if (!AdminRequest.TryRegex(request.Query.GetValueOrDefault("name_regex", ""), out var names, out var problem))
            return AdminResponse.Text($"name_regex is no regular expression: {problem}\n", 400);
        var resources = state
            .Store.Resources.Where(entry => names.IsMatch(entry.Resource.Name))
            .OrderBy(static entry => entry.Resource.Name, StringComparer.Ordinal)
            .ToLookup(static entry => entry.TypeUrl, static entry => entry.Resource);
        List<IMessage> dumps = [Bootstrap(state), Clusters(state, resources[TypeUrls.Cluster])];
        if (request.Query.ContainsKey("include_eds"))
            dumps.Add(Endpoints(resources[TypeUrls.Endpoints]));
        dumps.Add(Listeners(state, resources[TypeUrls.Listener]));
        dumps.Add(Routes(resources[TypeUrls.Route]));
        return new ConfigDumpQuery(
            request.Query.GetValueOrDefault("resource", ""),
            request.Query.GetValueOrDefault("mask", "")
        ).Answer(dumps);
    }

    private static BootstrapConfigDump Bootstrap(ProxyState state) =>
        new() { Bootstrap = new Bootstrap { Node = new Node { Id = state.NodeId } } };

    private static ClustersConfigDump Clusters(ProxyState state, IEnumerable<NamedResource> resources)
    {
        var dump = new ClustersConfigDump
        {
            VersionInfo = state.Telemetry.Stats.Subscription(TypeUrls.Cluster)!.Version,
        };
        foreach (var resource in resources)
        {
            var part = new ClustersConfigDump.Types.DynamicCluster
            {
                VersionInfo = resource.Version,
                Cluster = AdminJson.Showable(resource.Body),
            };
            if (state.Runtime.Clusters.ContainsKey(resource.Name))
                dump.DynamicActiveClusters.Add(part);
            else
                dump.DynamicWarmingClusters.Add(part);
        }
        return dump;
    }

    private static EndpointsConfigDump Endpoints(IEnumerable<NamedResource> resources)
    {
        var dump = new EndpointsConfigDump();
        foreach (var resource in resources)
            dump.DynamicEndpointConfigs.Add(
                new EndpointsConfigDump.Types.DynamicEndpointConfig
                {
                    VersionInfo = resource.Version,
                    EndpointConfig = AdminJson.Showable(resource.Body),
                }
            );
        return dump;
    }

    private static ListenersConfigDump Listeners(ProxyState state, IEnumerable<NamedResource> resources)
    {
        var dump = new ListenersConfigDump
        {
            VersionInfo = state.Telemetry.Stats.Subscription(TypeUrls.Listener)!.Version,
        };
        foreach (var resource in resources)
        {
            var listener = new ListenersConfigDump.Types.DynamicListenerState
            {
                VersionInfo = resource.Version,
                Listener = AdminJson.Showable(resource.Body),
            };
            var isActive = state.Runtime.Listeners.ContainsKey(resource.Name);
            dump.DynamicListeners.Add(
                new ListenersConfigDump.Types.DynamicListener
                {
                    Name = resource.Name,
                    ActiveState = isActive ? listener : null,
                    WarmingState = isActive ? null : listener,
                }
            );
        }
        return dump;
    }

    private static RoutesConfigDump Routes(IEnumerable<NamedResource> resources)
    {
        var dump = new RoutesConfigDump();
        foreach (var resource in resources)
            dump.DynamicRouteConfigs.Add(
                new RoutesConfigDump.Types.DynamicRouteConfig
                {
                    VersionInfo = resource.Version,
                    RouteConfig = AdminJson.Showable(resource.Body),
                }
            );
        return dump;
    }
}
