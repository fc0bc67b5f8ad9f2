// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Validation.Values;

/// <summary>Labels, and what selects by them.</summary>
internal static class LabelRules
{
    /// <summary>Kubernetes' syntax: an optional DNS name and a slash, then a name.</summary>
    public static bool IsKey(string key)
    {
        var slash = key.IndexOf('/');
        return slash < 0
            ? IsName(key)
            : Hosts.IsDnsName(key.AsSpan(0, slash)) && slash <= 253 && IsName(key.AsSpan(slash + 1));
    }

    public static bool IsValue(string value) => value.Length == 0 || IsName(value);

    public static void Check(IReadOnlyDictionary<string, string> labels, FieldPath at, ValidationScope scope)
    {
        foreach (var (key, value) in labels)
        {
            if (!IsKey(key))
                scope.Add(
                    ProblemCatalogue.BadLabel,
                    at[key],
                    $"\"{key}\" is no label",
                    "use letters, digits, dashes, dots and underscores, at most 63, after an optional DNS name and a slash"
                );
            else if (!IsValue(value))
                scope.Add(
                    ProblemCatalogue.BadLabel,
                    at[key],
                    $"\"{value}\" is no value of a label",
                    "use letters, digits, dashes, dots and underscores, at most 63, a letter or digit at both ends"
                );
        }
    }

    /// <summary>Labels that select have no wildcards: a star would match nothing.</summary>
    public static void CheckSelector(IReadOnlyDictionary<string, string> labels, FieldPath at, ValidationScope scope)
    {
        foreach (var (key, value) in labels)
        {
            if (key.Contains('*') || value.Contains('*'))
            {
                scope.Add(
                    ProblemCatalogue.BadSelection,
                    at[key],
                    "has a wildcard, and labels are compared as they are",
                    "write the label in full, or leave it out"
                );
                return;
            }
        }
        Check(labels, at, scope);
    }

    /// <summary>A policy selects workloads by labels, or names what it is for, and not both.</summary>
    public static void CheckTargets(
        LabelSelector? selector,
        PolicyTarget? target,
        IReadOnlyList<PolicyTarget> targets,
        FieldPath at,
        ValidationScope scope
    )
    {
        var ways = (selector is null ? 0 : 1) + (target is null ? 0 : 1) + (targets.Count > 0 ? 1 : 0);
        if (ways > 1)
            scope.Exclusive(
                selector is null ? at["targetRef"] : at["selector"],
                "must be only one of selector, targetRef and targetRefs",
                "keep one of them"
            );
        if (selector is not null)
            CheckSelector(selector.MatchLabels, at["selector"]["matchLabels"], scope);
        if (target is not null)
            CheckTarget(target, at["targetRef"], scope);
        for (var i = 0; i < targets.Count; i++)
            CheckTarget(targets[i], at["targetRefs"][i], scope);
    }

    private static void CheckTarget(PolicyTarget target, FieldPath at, ValidationScope scope)
    {
        if (target.Namespace.Length > 0 && target.Namespace != scope.Key.Namespace)
            scope.Add(
                ProblemCatalogue.BadSelection,
                at["namespace"],
                $"is {target.Namespace}, and a policy is for its own namespace alone",
                "move the policy there, or remove the field"
            );
        var known = (target.Group, target.Kind) switch
        {
            ("gateway.networking.k8s.io", "Gateway" or "GatewayClass") => true,
            ("" or "core", "Service") => true,
            ("networking.istio.io", "ServiceEntry") => true,
            _ => false,
        };
        if (target.Kind.Length > 0 && !known)
            scope.Add(
                ProblemCatalogue.BadSelection,
                at["kind"],
                $"no policy can be for {target.Group}/{target.Kind}",
                "use Gateway or GatewayClass of gateway.networking.k8s.io, Service, or ServiceEntry of networking.istio.io"
            );
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > 63 || !char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]))
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                return false;
        }
        return true;
    }
}
