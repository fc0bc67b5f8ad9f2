// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Validation;

internal static class DestinationRuleValidator
{
    public static void Check(DestinationRule rule, FieldPath at, ValidationScope scope)
    {
        var names = rule.Subsets.Select(static subset => subset.Name).Where(static name => name.Length > 0);
        if (names.GroupBy(static name => name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            scope.Bad(at["subsets"], $"\"{twice.Key}\" is defined twice", "give each subset its own name");
    }
}
