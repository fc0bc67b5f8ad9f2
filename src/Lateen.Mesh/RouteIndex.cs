// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Precedence;

namespace Lateen.Mesh;

/// <summary>Finds the VirtualServices that a namespace sees. Namespaces share those for everybody.</summary>
internal sealed class RouteIndex
{
    private readonly RouteLayer _public = new();
    private readonly Dictionary<string, (RouteLayer Own, RouteLayer Named)> _byNamespace = new(StringComparer.Ordinal);
    private readonly VisibleRoutes _everybody;

    /// <param name="routes">Oldest first.</param>
    public RouteIndex(IReadOnlyList<ServiceRoutes> routes, ExportDefaults defaults)
    {
        foreach (var entry in routes)
        {
            var exports = entry.ExportsBy(defaults);
            if (exports.IsPublic)
            {
                _public.Add(entry);
                continue;
            }
            foreach (var scope in exports.Scopes)
                LayerOf(scope, entry.Origin.Namespace).Add(entry);
        }
        _everybody = new VisibleRoutes([_public]);
    }

    /// <summary>The namespace's own come first, then those that name it, then those for everybody, the oldest first in each (Istio's order).</summary>
    public VisibleRoutes For(string ns) =>
        _byNamespace.TryGetValue(ns, out var layers)
            ? new VisibleRoutes([layers.Own, layers.Named, _public])
            : _everybody;

    private RouteLayer LayerOf(string scope, string ns)
    {
        if (!_byNamespace.TryGetValue(scope, out var layers))
            _byNamespace[scope] = layers = (new RouteLayer(), new RouteLayer());
        return scope == ns ? layers.Own : layers.Named;
    }
}
