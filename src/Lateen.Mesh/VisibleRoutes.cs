// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>The VirtualServices that a namespace sees, in layers of which the first comes first.</summary>
internal sealed class VisibleRoutes(RouteLayer[] layers)
{
    /// <summary>Whether any rule asks for labels of the workload that calls.</summary>
    public bool DependsOnSource => layers.Any(static layer => layer.DependsOnSource);

    /// <summary>What sidecars route the host by: the most specific host decides, then the layer, then age.</summary>
    public ServiceRoutes? InMesh(string host)
    {
        if (layers is [var single])
            return single.InMesh(host, out _);
        var best = (Pattern: "", Routes: (ServiceRoutes?)null);
        foreach (var layer in layers)
        {
            if (layer.InMesh(host, out var pattern) is not { } routes)
                continue;
            if (best.Routes is null || IsNarrower(pattern, best.Pattern))
                best = (pattern, routes);
        }
        return best.Routes;
    }

    public IReadOnlyList<ServiceRoutes> Of(string gateway) =>
        layers is [var single] ? single.Of(gateway) : layers.SelectMany(layer => layer.Of(gateway)).ToArray();

    /// <summary>Both cover the same host.</summary>
    private static bool IsNarrower(string pattern, string than) =>
        than.StartsWith('*') && (!pattern.StartsWith('*') || pattern.Length > than.Length);
}
