// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation.Security;

/// <summary>Lists of values in a rule's source or operation.</summary>
internal static class RuleValues
{
    /// <summary>A wildcard is alone, in front or at the end; an empty value is no value.</summary>
    public static void Check((string Name, IReadOnlyList<string> Values)[] fields, FieldPath at, ValidationScope scope)
    {
        if (Array.TrueForAll(fields, static field => field.Values.Count == 0))
        {
            scope.Bad(at, "says nothing, and so would be everything", "add a condition, or remove it");
            return;
        }
        foreach (var (name, values) in fields)
        {
            for (var i = 0; i < values.Count; i++)
                CheckValue(values[i], at[name][i], scope);
        }
    }

    public static void CheckValue(string value, FieldPath at, ValidationScope scope)
    {
        if (value.Length == 0)
            scope.Missing(at);
        else if (value.Length > 1 && !value.Contains('{') && value[1..^1].Contains('*'))
            scope.Bad(at, $"\"{value}\" has a wildcard in the middle", "put * in front, at the end, or alone");
        else if (value.Length > 1 && value[0] == '*' && value[^1] == '*')
            scope.Bad(at, $"\"{value}\" has wildcards at both ends", "put * in front or at the end");
    }
}
