// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>What of a mesh the proxies of one namespace see: all that their configuration is made of goes through it.</summary>
internal sealed record NamespaceView(string Namespace, VisibleServices Services, VisibleRoutes Routes)
{
    /// <summary>The services that exist among a VirtualService's destinations: which ports they have decides about its routes.</summary>
    public IEnumerable<MeshService> DestinationsOf(ServiceRoutes routes) =>
        routes
            .Http.SelectMany(static rule => rule.Route, static (_, share) => share.Destination)
            .Concat(routes.Tcp.SelectMany(static rule => rule.Route, static (_, share) => share.Destination))
            .Select(target => Services.Find(target.Host))
            .OfType<MeshService>();
}
