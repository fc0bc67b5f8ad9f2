// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation.Values;

/// <summary>Regular expressions of users.</summary>
internal static class Patterns
{
    /// <summary>A pattern must do without backtracking, as RE2 does, so that no input can make it slow.</summary>
    public static void Check(string pattern, FieldPath at, ValidationScope scope)
    {
        if (pattern.Length == 0)
        {
            scope.Add(ProblemCatalogue.BadPattern, at, "is empty", "write a pattern; .* is any text");
            return;
        }
        try
        {
            _ = new Regex(
                pattern.Replace("(?P<", "(?<", StringComparison.Ordinal),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
            );
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            scope.Add(
                ProblemCatalogue.BadPattern,
                at,
                $"\"{pattern}\" is no RE2 pattern: {failure.Message}",
                "use RE2 syntax, without look-around and back references"
            );
        }
    }
}
