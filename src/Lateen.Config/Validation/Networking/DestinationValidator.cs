// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Where traffic goes.</summary>
internal static class DestinationValidator
{
    public static void Check(Destination destination, FieldPath at, ValidationScope scope)
    {
        if (destination.Host == "*")
            scope.Add(
                ProblemCatalogue.BadHost,
                at["host"],
                "* is every host, and traffic must go to one",
                "name the service"
            );
        else
            Hosts.CheckWildcard(destination.Host, at["host"], scope);
        Names.CheckLabel(destination.Subset, at["subset"], scope);
    }

    /// <summary>Several destinations share the traffic, so somebody must get some.</summary>
    public static void CheckWeights(IEnumerable<int> weights, FieldPath at, ValidationScope scope)
    {
        if (weights.Count() > 1 && weights.All(static weight => weight == 0))
            scope.Bad(at, "the weights of all destinations are 0", "give at least one destination a weight");
    }
}
