// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Shares and failover between localities.</summary>
internal static class LocalityValidator
{
    private const string Form = "write region, region/zone or region/zone/subzone; * at the end stands for all";

    public static void Check(LocalityLoadBalancing setting, FieldPath at, ValidationScope scope)
    {
        var ways =
            (setting.Distribute.Count > 0 ? 1 : 0)
            + (setting.Failover.Count > 0 ? 1 : 0)
            + (setting.FailoverPriority.Count > 0 ? 1 : 0);
        if (setting.Distribute.Count > 0 && ways > 1)
            scope.Exclusive(
                at["distribute"],
                "stands beside failover or failoverPriority, and shares are fixed",
                "keep one of them"
            );
        for (var i = 0; i < setting.Distribute.Count; i++)
            CheckShares(setting.Distribute[i], at["distribute"][i], scope);
        var from = setting.Distribute.Select(static share => share.From);
        Names.CheckUnique(from, at["distribute"], "locality", scope);
        for (var i = 0; i < setting.Failover.Count; i++)
            CheckFailover(setting.Failover[i], at["failover"][i], scope);
        CheckPriority(setting.FailoverPriority, at["failoverPriority"], scope);
    }

    private static void CheckShares(LocalityDistribution shares, FieldPath at, ValidationScope scope)
    {
        CheckLocality(shares.From, at["from"], scope);
        foreach (var (locality, weight) in shares.To)
        {
            CheckLocality(locality, at["to"][locality], scope);
            if (weight == 0)
                scope.OutOfRange(at["to"][locality], "is 0", "write 1 to 100, or remove it");
        }
        CheckOverlap(shares.To.Keys.ToArray(), at["to"], scope);
        var sum = shares.To.Values.Sum();
        if (sum != 100)
            scope.OutOfRange(at["to"], $"the shares are {sum} in all", "make them 100");
    }

    /// <summary>What is within another locality of the list would get two shares.</summary>
    private static void CheckOverlap(string[] localities, FieldPath at, ValidationScope scope)
    {
        foreach (var inner in localities)
        {
            var outer = Array.Find(localities, other => other != inner && IsWithin(inner, other));
            if (outer is not null)
                scope.Add(ProblemCatalogue.BadLocality, at[inner], $"is within {outer} already", "keep one of them");
        }
    }

    private static bool IsWithin(string inner, string outer)
    {
        var whole =
            outer == "*" ? ""
            : outer.EndsWith("/*", StringComparison.Ordinal) ? outer[..^1]
            : $"{outer}/";
        return $"{inner}/".StartsWith(whole, StringComparison.Ordinal);
    }

    private static void CheckFailover(LocalityFailover failover, FieldPath at, ValidationScope scope)
    {
        CheckRegion(failover.From, at["from"], scope);
        CheckRegion(failover.To, at["to"], scope);
        if (failover.From.Length > 0 && failover.From == failover.To)
            scope.Add(ProblemCatalogue.BadLocality, at["to"], "is the region that failed", "name another region");
    }

    private static void CheckRegion(string region, FieldPath at, ValidationScope scope)
    {
        if (region.Length == 0)
            scope.Missing(at);
        else if (region.AsSpan().ContainsAny('/', '*'))
            scope.Add(ProblemCatalogue.BadLocality, at, $"\"{region}\" is no region", "name one region, without zones");
    }

    /// <summary>A label, or a label with the value that it must have.</summary>
    private static void CheckPriority(IReadOnlyList<string> priority, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < priority.Count; i++)
        {
            var equals = priority[i].IndexOf('=');
            var key = equals < 0 ? priority[i] : priority[i][..equals];
            if (!LabelRules.IsKey(key) || (equals >= 0 && !LabelRules.IsValue(priority[i][(equals + 1)..])))
                scope.Add(ProblemCatalogue.BadLabel, at[i], $"\"{priority[i]}\" is no label", "write key or key=value");
        }
        Names.CheckUnique(priority.Select(static label => label.Split('=')[0]), at, "label", scope);
    }

    private static void CheckLocality(string locality, FieldPath at, ValidationScope scope)
    {
        if (locality.Length == 0)
        {
            scope.Missing(at);
            return;
        }
        var parts = locality.Split('/');
        var star = Array.IndexOf(parts, "*");
        var isWhole = parts.Length <= 3 && Array.TrueForAll(parts, static part => part.Length > 0);
        var hasStarWithin = parts.Any(static part => part.Length > 1 && part.Contains('*'));
        if (!isWhole || hasStarWithin || (star >= 0 && star != parts.Length - 1))
            scope.Add(ProblemCatalogue.BadLocality, at, $"\"{locality}\" is no locality", Form);
    }
}
