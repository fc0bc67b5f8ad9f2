// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation.Values;

/// <summary>Names of resources, ports and subsets.</summary>
internal static class Names
{
    /// <summary>RFC 1123: letters in lower case, digits and dashes, at most 63, a letter or digit at both ends.</summary>
    public static bool IsLabel(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 63 || text[0] == '-' || text[^1] == '-')
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return false;
        }
        return true;
    }

    public static void CheckLabel(string text, FieldPath at, ValidationScope scope)
    {
        if (text.Length > 0 && !IsLabel(text))
            scope.Add(
                ProblemCatalogue.BadName,
                at,
                $"\"{text}\" is no name",
                "use lower-case letters, digits and dashes, at most 63, with a letter or digit at both ends"
            );
    }

    /// <summary>Tells of the first text that is there twice.</summary>
    public static void CheckUnique(IEnumerable<string> names, FieldPath at, string what, ValidationScope scope)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (name.Length == 0 || seen.Add(name))
                continue;
            scope.Add(ProblemCatalogue.Twice, at, $"has the {what} \"{name}\" twice", "remove or change one of them");
            return;
        }
    }
}
