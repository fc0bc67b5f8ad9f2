// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;

namespace Lateen.Proxy.Routing;

/// <summary>
/// Regular expressions in RE2's syntax on the framework's non-backtracking engine, whose time is linear in the input.
/// What the two understand differently is rewritten; what RE2 refuses (backreferences, lookaround) is refused here too.
/// </summary>
public static class Re2Pattern
{
    /// <summary>Compiles a pattern that must match a whole text.</summary>
    /// <exception cref="ArgumentException">The pattern is no RE2 expression; the message says why.</exception>
    public static Regex CompileFullMatch(string pattern) => Compile($@"\A(?:{Translate(pattern)})\z");

    /// <summary>Compiles a pattern that may match anywhere.</summary>
    /// <exception cref="ArgumentException">The pattern is no RE2 expression; the message says why.</exception>
    public static Regex CompileSearch(string pattern) => Compile(Translate(pattern));

    /// <summary>Turns <c>\1</c> into <c>${1}</c> and keeps dollar signs.</summary>
    public static string TranslateSubstitution(string substitution)
    {
        var text = new StringBuilder();
        for (var i = 0; i < substitution.Length; i++)
        {
            var character = substitution[i];
            if (character == '\\' && i + 1 < substitution.Length)
            {
                var next = substitution[++i];
                text.Append(char.IsAsciiDigit(next) ? $"${{{next}}}" : next.ToString());
            }
            else
            {
                text.Append(character == '$' ? "$$" : character.ToString());
            }
        }
        return text.ToString();
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException failure)
        {
            throw new ArgumentException($"needs backtracking, which RE2 has not: {failure.Message}", failure);
        }
    }

    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 16);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var character = pattern[i];
            switch (character)
            {
                case '\\' when i + 1 < pattern.Length:
                    i = TranslateEscape(pattern, i + 1, inClass, text);
                    break;
                case '[':
                    inClass = true;
                    text.Append(character);
                    break;
                case ']':
                    inClass = false;
                    text.Append(character);
                    break;
                case '$' when !inClass: // in .NET a dollar also matches before a final line feed
                    text.Append(@"\z");
                    break;
                case '(' when !inClass && pattern.AsSpan(i).StartsWith("(?P<", StringComparison.Ordinal):
                    text.Append("(?<");
                    i += 3;
                    break;
                default:
                    text.Append(character);
                    break;
            }
        }
        return text.ToString();
    }

    /// <summary>Writes the escape whose letter stands at <paramref name="at"/>; returns the index of its last character.</summary>
    private static int TranslateEscape(string pattern, int at, bool inClass, StringBuilder text)
    {
        // RE2's classes are ASCII; those of .NET know every digit and letter of Unicode.
        switch (pattern[at])
        {
            case 'd':
                text.Append(inClass ? "0-9" : "[0-9]");
                return at;
            case 'w':
                text.Append(inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]");
                return at;
            case 's':
                text.Append(inClass ? @"\t\n\f\r " : @"[\t\n\f\r ]");
                return at;
            case 'D' when !inClass:
                text.Append("[^0-9]");
                return at;
            case 'W' when !inClass:
                text.Append("[^0-9A-Za-z_]");
                return at;
            case 'S' when !inClass:
                text.Append(@"[^\t\n\f\r ]");
                return at;
            case 'Q':
                var end = pattern.IndexOf(@"\E", at, StringComparison.Ordinal);
                var literal = end < 0 ? pattern[(at + 1)..] : pattern[(at + 1)..end];
                text.Append(Regex.Escape(literal));
                return end < 0 ? pattern.Length - 1 : end + 1;
            default:
                text.Append('\\').Append(pattern[at]);
                return at;
        }
    }
}
