// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>WorkloadEntries, on their own and in ServiceEntries.</summary>
internal static class WorkloadEntryValidator
{
    public static void Check(WorkloadEntry entry, FieldPath at, ValidationScope scope)
    {
        if (entry.Address.Length == 0 && entry.Network.Length == 0)
            scope.Missing(at["address"]);
        CheckRest(entry, at, scope);
    }

    /// <summary>All but that there is an address, which the template of a group has not.</summary>
    public static void CheckRest(WorkloadEntry entry, FieldPath at, ValidationScope scope)
    {
        if (Addresses.IsUnixSocket(entry.Address))
        {
            Addresses.CheckUnixSocket(entry.Address, at["address"], scope);
            if (entry.Ports.Count > 0)
                scope.Bad(at["ports"], "stand beside a Unix socket, which has none", "remove them");
        }
        else if (entry.Address.Length > 0 && !IPAddress.TryParse(entry.Address, out _))
        {
            Hosts.Check(entry.Address, at["address"], scope);
        }
        LabelRules.CheckSelector(entry.Labels, at["labels"], scope);
        foreach (var name in entry.Ports.Keys)
            Names.CheckLabel(name.ToLowerInvariant(), at["ports"][name], scope);
        if (entry.Locality.Length > 0 && (entry.Locality.Split('/').Length > 3 || entry.Locality.Contains('*')))
            scope.Add(
                ProblemCatalogue.BadLocality,
                at["locality"],
                $"\"{entry.Locality}\" is no locality",
                "write region/zone/subzone"
            );
    }
}
