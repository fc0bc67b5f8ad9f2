// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Security;

/// <summary>Further conditions of a rule: attributes and their values.</summary>
internal static class ConditionValidator
{
    private static readonly string[] s_keys =
    [
        "source.ip",
        "remote.ip",
        "source.namespace",
        "source.serviceAccount",
        "source.trustDomain",
        "source.principal",
        "request.auth.principal",
        "request.auth.audiences",
        "request.auth.presenter",
        "destination.ip",
        "destination.port",
        "connection.sni",
    ];

    private static readonly string[] s_prefixes =
    [
        "request.headers[",
        "request.auth.claims[",
        "experimental.envoy.filters.",
    ];

    public static void Check(AuthorizationCondition condition, FieldPath at, ValidationScope scope)
    {
        if (condition.Key.Length > 0 && !IsKnown(condition.Key))
        {
            var meant = Spelling.Closest(condition.Key, s_keys);
            scope.Bad(
                at["key"],
                $"there is no attribute \"{condition.Key}\"",
                meant is null ? "use an attribute of Istio's conditions" : $"did you mean {meant}?"
            );
        }
        if (condition.Values.Count == 0 && condition.NotValues.Count == 0)
            scope.Missing(at["values"]);
        CheckValues(condition.Key, condition.Values, at["values"], scope);
        CheckValues(condition.Key, condition.NotValues, at["notValues"], scope);
    }

    private static bool IsKnown(string key) =>
        s_keys.Contains(key)
        || s_prefixes.Any(prefix =>
            key.StartsWith(prefix, StringComparison.Ordinal)
            && key.Length > prefix.Length + 1
            && (!prefix.EndsWith('[') || key.EndsWith(']'))
        );

    private static void CheckValues(string key, IReadOnlyList<string> values, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Length == 0)
                scope.Missing(at[i]);
            else if (key is "source.ip" or "remote.ip" or "destination.ip")
                Addresses.CheckRange(values[i], at[i], scope);
            else if (key == "destination.port" && (!ushort.TryParse(values[i], out var port) || port == 0))
                scope.OutOfRange(at[i], $"\"{values[i]}\" is no port", "write a number from 1 to 65535, in quotes");
        }
    }
}
