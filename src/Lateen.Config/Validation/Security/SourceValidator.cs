// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Security;

/// <summary>Who calls, in a rule of an AuthorizationPolicy.</summary>
internal static class SourceValidator
{
    public static void Check(Source source, FieldPath at, ValidationScope scope)
    {
        (string Name, IReadOnlyList<string> Values)[] fields =
        [
            ("principals", source.Principals),
            ("notPrincipals", source.NotPrincipals),
            ("requestPrincipals", source.RequestPrincipals),
            ("notRequestPrincipals", source.NotRequestPrincipals),
            ("namespaces", source.Namespaces),
            ("notNamespaces", source.NotNamespaces),
            ("serviceAccounts", source.ServiceAccounts),
            ("notServiceAccounts", source.NotServiceAccounts),
            ("trustDomains", source.TrustDomains),
            ("notTrustDomains", source.NotTrustDomains),
            ("ipBlocks", source.IpBlocks),
            ("notIpBlocks", source.NotIpBlocks),
            ("remoteIpBlocks", source.RemoteIpBlocks),
            ("notRemoteIpBlocks", source.NotRemoteIpBlocks),
        ];
        RuleValues.Check(fields, at, scope);
        Addresses.CheckRanges(source.IpBlocks, at["ipBlocks"], scope);
        Addresses.CheckRanges(source.NotIpBlocks, at["notIpBlocks"], scope);
        Addresses.CheckRanges(source.RemoteIpBlocks, at["remoteIpBlocks"], scope);
        Addresses.CheckRanges(source.NotRemoteIpBlocks, at["notRemoteIpBlocks"], scope);
        CheckAccounts(source.ServiceAccounts, at["serviceAccounts"], scope);
        CheckAccounts(source.NotServiceAccounts, at["notServiceAccounts"], scope);
        var hasAccounts = source.ServiceAccounts.Count > 0 || source.NotServiceAccounts.Count > 0;
        var hasOthers =
            source.Principals.Count + source.NotPrincipals.Count + source.Namespaces.Count + source.NotNamespaces.Count
            > 0;
        if (hasAccounts && hasOthers)
            scope.Exclusive(
                at["serviceAccounts"],
                "stands beside principals or namespaces, which say the same",
                "keep one of them"
            );
    }

    private static void CheckAccounts(IReadOnlyList<string> accounts, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < accounts.Count; i++)
        {
            var parts = accounts[i].Split('/');
            if (accounts[i].Contains('*') || parts.Length > 2 || parts.Any(static part => part.Length == 0))
                scope.Add(
                    ProblemCatalogue.BadName,
                    at[i],
                    $"\"{accounts[i]}\" is no service account",
                    "write name, or namespace/name, without wildcards"
                );
        }
    }
}
