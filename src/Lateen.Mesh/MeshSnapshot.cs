// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Config;
using Lateen.Config.Kinds.Networking;
using Lateen.Core;

namespace Lateen.Mesh;

/// <summary>
/// The whole mesh at one moment: services with their endpoints, routes, policies, gateways. Immutable; any thread asks
/// it for the share of a proxy.
/// </summary>
public sealed class MeshSnapshot
{
    private readonly ConcurrentDictionary<string, OutboundView> _outbound = new(StringComparer.Ordinal);

    internal MeshSnapshot(
        long revision,
        MeshConfig config,
        IReadOnlyDictionary<string, MeshService> services,
        IReadOnlyList<ServiceRoutes> routes,
        DestinationPolicies policies,
        IReadOnlyList<ConfigResource<Gateway>> gateways,
        IReadOnlyList<Problem> problems,
        Derivations derivations
    )
    {
        Revision = revision;
        Config = config;
        Services = Sorted(services);
        ByHost = services;
        AllRoutes = routes;
        Routes = new RouteIndex(routes);
        Policies = policies;
        Gateways = gateways;
        Problems = problems;
        Derivations = derivations;
    }

    /// <summary>The revision of the configuration it was built of.</summary>
    public long Revision { get; }

    public MeshConfig Config { get; }

    /// <summary>Sorted by host; each host once.</summary>
    public IReadOnlyList<MeshService> Services { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ServiceRoutes> AllRoutes { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ConfigResource<Gateway>> Gateways { get; }

    /// <summary>Conflicts that only show when everything is put together.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    internal IReadOnlyDictionary<string, MeshService> ByHost { get; }

    internal RouteIndex Routes { get; }

    internal DestinationPolicies Policies { get; }

    internal Derivations Derivations { get; }

    public MeshService? Find(string host) => ByHost.GetValueOrDefault(host);

    /// <summary>One proxy's share. The same objects, for proxies that may call the same and for builds that change nothing of it.</summary>
    public ProxyView ViewFor(ProxyNode node)
    {
        var isGateway = node.Kind == ProxyKind.Gateway;
        var settings = new ProxySettings(
            node.Kind,
            node.Address,
            node.BindAddress,
            node.AppAddress,
            node.Interception,
            node.HttpProxyPort
        );
        return new ProxyView(
            settings,
            Outbound(node),
            isGateway ? InboundView.Empty : InboundBuilder.Build(this, node),
            isGateway ? new GatewayBuilder(this, node).Build() : null
        );
    }

    /// <summary>The services that exist among a VirtualService's destinations: which ports they have decides about its routes.</summary>
    internal IEnumerable<MeshService> DestinationsOf(ServiceRoutes routes) =>
        routes
            .Http.SelectMany(static rule => rule.Route, static (_, share) => share.Destination)
            .Concat(routes.Tcp.SelectMany(static rule => rule.Route, static (_, share) => share.Destination))
            .Select(target => ByHost.GetValueOrDefault(target.Host))
            .OfType<MeshService>();

    /// <summary>Labels as one text, the same for the same labels.</summary>
    internal static string TextOf(IReadOnlyDictionary<string, string> labels) =>
        string.Join(
            ',',
            labels
                .OrderBy(static label => label.Key, StringComparer.Ordinal)
                .Select(static label => $"{label.Key}={label.Value}")
        );

    private static MeshService[] Sorted(IReadOnlyDictionary<string, MeshService> services)
    {
        var sorted = services.Values.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Host, b.Host));
        return sorted;
    }

    private OutboundView Outbound(ProxyNode node)
    {
        var clients = Routes.DependsOnSource ? $"{node.Namespace} {TextOf(node.Labels)}" : node.Namespace;
        return _outbound.GetOrAdd(
            clients,
            static (_, at) => new OutboundBuilder(at.Mesh, at.Node.Namespace, at.Node.Labels).Build(),
            (Mesh: this, Node: node)
        );
    }
}
