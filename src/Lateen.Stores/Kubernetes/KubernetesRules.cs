// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Stores.Kubernetes;

/// <summary>The rights that are asked for, as a rule of a role has them.</summary>
internal static class KubernetesRules
{
    /// <summary>What is said of a right that is not there.</summary>
    /// <param name="verbs">All that the store needs of it, since who lacks one may lack the others.</param>
    /// <param name="part">A part of the kind, as <c>status</c>; null for the kind itself.</param>
    public static string Missing(KindSchema kind, string why, string verbs, string? part = null)
    {
        var resource = part is null ? kind.Plural : $"{kind.Plural}/{part}";
        var list = string.Join(", ", verbs.Split(' ').Select(static verb => $"\"{verb}\""));
        return $"{KubernetesPaths.NameOf(kind)}: the API server forbids it (403: {why}); the control plane's role needs the rule "
            + $"{{apiGroups: [\"{kind.Group}\"], resources: [\"{resource}\"], verbs: [{list}]}}";
    }

    public static string ReadMissing(KindSchema kind, string why) => Missing(kind, why, "get list watch");
}
