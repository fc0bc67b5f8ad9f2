// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Lateen.Config.Schemas;

namespace Lateen.Config.Decoding;

/// <summary>Tells kinds that are somebody else's, as a Deployment, from those of ours that are misspelt.</summary>
public static class ForeignKinds
{
    /// <summary>More letters than these between two groups are another group: <c>networking.k8s.io</c> is no slip of <c>networking.istio.io</c>.</summary>
    private const int GroupSlip = 2;

    /// <summary>Kinds of Kubernetes' core that nobody here has a use for. No others will come: new kinds have groups.</summary>
    private static readonly FrozenSet<string> s_core = FrozenSet.ToFrozenSet(
        [
            "Binding",
            "ComponentStatus",
            "Event",
            "LimitRange",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
        ],
        StringComparer.Ordinal
    );

    private static readonly string[] s_groups =
    [
        .. KindCatalogue
            .All.Select(static kind => kind.Group)
            .Where(static group => group.Length > 0)
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>
    /// Whether a kind is neither kept nor served, and no mistake either: such documents are left to whom they are for. Former kinds of Mixer are so,
    /// though the group is ours.
    /// </summary>
    public static bool Include(string group, string name) =>
        KindCatalogue.Find(group, name) is { } known
            ? known.IsForAnalysisOnly
            : MixerKinds.IsFormer(group, name) || (!KindCatalogue.Owns(group) && Meant(group, name) is null);

    /// <summary>What a misspelt kind was meant to be: the kind, or <c>group/version Kind</c> where it is the group; null when nothing is close.</summary>
    public static string? Meant(string group, string name)
    {
        if (group.Length > 0 && !KindCatalogue.Owns(group))
            return
                Spelling.Closest(group, s_groups, GroupSlip) is { } near && KindCatalogue.Find(near, name) is { } kind
                ? $"{kind.ApiVersion(kind.Versions[0])} {name}"
                : null;
        return group.Length == 0 && s_core.Contains(name)
            ? null
            : Spelling.Closest(
                name,
                KindCatalogue.All.Where(kind => kind.Group == group).Select(static kind => kind.Name)
            );
    }
}
