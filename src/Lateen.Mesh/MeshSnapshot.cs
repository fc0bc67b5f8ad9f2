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
    private readonly ConcurrentDictionary<string, NamespaceView> _views = new(StringComparer.Ordinal);
    private readonly ServiceIndex _services;
    private readonly RouteIndex _routes;

    internal MeshSnapshot(
        long revision,
        MeshConfig config,
        ServiceIndex services,
        IReadOnlyList<ServiceRoutes> routes,
        DestinationPolicies policies,
        IReadOnlyList<ConfigResource<Gateway>> gateways,
        Derivations derivations
    )
    {
        Revision = revision;
        Config = config;
        _services = services;
        AllRoutes = routes;
        _routes = new RouteIndex(routes, config.Exports);
        Policies = policies;
        Gateways = gateways;
        Derivations = derivations;
    }

    /// <summary>The revision of the configuration it was built of.</summary>
    public long Revision { get; }

    public MeshConfig Config { get; }

    /// <summary>All that there are, whoever sees them, sorted by host. A host may be there several times.</summary>
    public IReadOnlyList<MeshService> Services => _services.All;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ServiceRoutes> AllRoutes { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ConfigResource<Gateway>> Gateways { get; }

    /// <summary>Conflicts that only show when everything is put together.</summary>
    public IReadOnlyList<Problem> Problems => _services.Problems;

    internal DestinationPolicies Policies { get; }

    internal Derivations Derivations { get; }

    /// <summary>As clients see it whose namespace no <c>exportTo</c> names.</summary>
    public MeshService? Find(string host) => _services.Find(host);

    /// <summary>One proxy's share. The same objects, for proxies that may call the same and for builds that change nothing of it.</summary>
    public ProxyView ViewFor(ProxyNode node)
    {
        var isGateway = node.Kind == ProxyKind.Gateway;
        var view = ViewOf(node.Namespace);
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
            Outbound(node, view),
            isGateway ? InboundView.Empty : InboundBuilder.Build(this, node),
            isGateway ? new GatewayBuilder(this, view, node).Build() : null
        );
    }

    /// <summary>Labels as one text, the same for the same labels.</summary>
    internal static string TextOf(IReadOnlyDictionary<string, string> labels) =>
        string.Join(
            ',',
            labels
                .OrderBy(static label => label.Key, StringComparer.Ordinal)
                .Select(static label => $"{label.Key}={label.Value}")
        );

    private NamespaceView ViewOf(string ns) =>
        _views.GetOrAdd(
            ns,
            static (ns, mesh) => new NamespaceView(ns, mesh._services.For(ns), mesh._routes.For(ns)),
            this
        );

    private OutboundView Outbound(ProxyNode node, NamespaceView view)
    {
        var dependsOnSource = view.Routes.DependsOnSource || Policies.DependOnSource(view.Namespace);
        var clients = dependsOnSource ? $"{view.Namespace} {TextOf(node.Labels)}" : view.Namespace;
        return _outbound.GetOrAdd(
            clients,
            static (_, at) => new OutboundBuilder(at.Mesh, at.view, at.Node.Labels).Build(),
            (Mesh: this, view, Node: node)
        );
    }
}
