// SPDX-License-Identifier: Apache-2.0
using Lateen.Xds;

namespace Lateen.Translation;

/// <summary>Everything one proxy (or several with equal views) gets. Immutable and consistent: what is referred to is in it.</summary>
public sealed class XdsSnapshot
{
    private readonly ResourceSet[] _sets;

    public XdsSnapshot(IReadOnlyList<ResourceSet> sets, IReadOnlyList<string> warnings)
    {
        // Types without resources are there as well, so that every type has a version.
        _sets = TypeUrls
            .PushOrder.Select(type => sets.FirstOrDefault(set => set.TypeUrl == type) ?? ResourceSet.Of(type, []))
            .ToArray();
        Warnings = warnings;
    }

    /// <summary>A proxy that has nothing.</summary>
    public static XdsSnapshot Empty { get; } = new([], []);

    /// <summary>One for each of <see cref="TypeUrls.PushOrder"/>, in that order.</summary>
    public IReadOnlyList<ResourceSet> Sets => _sets;

    /// <summary>
    /// What an operator should know: routes to clusters that do not exist (requests there get 503 with the flag NC, as
    /// in Istio) and listeners that had to be left out.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>An empty set for a type that this control plane does not serve.</summary>
    public ResourceSet Of(string typeUrl)
    {
        foreach (var set in _sets)
        {
            if (set.TypeUrl == typeUrl)
                return set;
        }
        return ResourceSet.Of(typeUrl, []);
    }
}
