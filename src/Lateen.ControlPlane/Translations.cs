// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Mesh;
using Lateen.Translation;

namespace Lateen.ControlPlane;

/// <summary>
/// One revision of the mesh with the xDS that was made of it. Proxies with equal views share a translation, and a view
/// that the revision before had as well keeps it.
/// </summary>
internal sealed class Translations(MeshSnapshot mesh, Translations? previous)
{
    private readonly ConcurrentDictionary<ProxyView, Lazy<XdsSnapshot>> _views = new();

    // Of the revision before only this: it must not hold on to all that went before.
    private readonly ConcurrentDictionary<ProxyView, Lazy<XdsSnapshot>>? _earlier = previous?._views;

    public MeshSnapshot Mesh => mesh;

    /// <summary>What proxies of this revision were warned of.</summary>
    public ConcurrentDictionary<string, bool> Warnings { get; } = new(StringComparer.Ordinal);

    /// <summary>What a proxy gets. Throws what translation throws.</summary>
    public XdsSnapshot For(ProxyNode node) => _views.GetOrAdd(mesh.ViewFor(node), Find).Value;

    private Lazy<XdsSnapshot> Find(ProxyView view) =>
        _earlier is not null && _earlier.TryGetValue(view, out var known)
            ? known
            : new Lazy<XdsSnapshot>(() => XdsTranslator.Translate(view));
}
