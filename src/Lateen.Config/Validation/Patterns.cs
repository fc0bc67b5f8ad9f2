// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation;

/// <summary>Regular expressions of users.</summary>
internal static class Patterns
{
    /// <summary>A pattern must do without backtracking, as RE2 does, so that no input can make it slow.</summary>
    public static void Check(string pattern, FieldPath at, ValidationScope scope)
    {
        try
        {
            _ = new Regex(
                pattern.Replace("(?P<", "(?<", StringComparison.Ordinal),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
            );
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            scope.Bad(
                at,
                $"\"{pattern}\" is no RE2 pattern: {failure.Message}",
                "use RE2 syntax, without look-around and back references"
            );
        }
    }
}
