// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Lateen.Proxy.Routing;

/// <summary>A <see cref="StringMatchSpec"/> that compares bytes; allocates nothing.</summary>
internal sealed class ByteMatcher
{
    private readonly StringMatchKind _kind;
    private readonly byte[] _pattern;
    private readonly bool _ignoreCase;
    private readonly Regex? _regex;

    public ByteMatcher(StringMatchSpec spec)
    {
        _kind = spec.Kind;
        _ignoreCase = spec.IgnoreCase;
        _pattern = Encoding.UTF8.GetBytes(spec.Pattern);
        _regex = spec.Kind == StringMatchKind.Regex ? Re2Pattern.CompileFullMatch(spec.Pattern) : null;
    }

    public bool Matches(ReadOnlySpan<byte> text) =>
        _kind switch
        {
            StringMatchKind.Exact => text.Length == _pattern.Length && Equal(text),
            StringMatchKind.Prefix => text.Length >= _pattern.Length && Equal(text[.._pattern.Length]),
            StringMatchKind.Suffix => text.Length >= _pattern.Length && Equal(text[^_pattern.Length..]),
            StringMatchKind.Contains => Contains(text),
            _ => MatchesRegex(_regex!, text),
        };

    /// <summary>Runs an expression over bytes, taken for UTF-8 as RE2 takes them.</summary>
    public static bool MatchesRegex(Regex regex, ReadOnlySpan<byte> text)
    {
        if (text.Length <= 512)
        {
            Span<char> characters = stackalloc char[512];
            return regex.IsMatch(characters[..Encoding.UTF8.GetChars(text, characters)]);
        }
        var rented = ArrayPool<char>.Shared.Rent(text.Length);
        var matches = regex.IsMatch(rented.AsSpan(0, Encoding.UTF8.GetChars(text, rented)));
        ArrayPool<char>.Shared.Return(rented);
        return matches;
    }

    private bool Equal(ReadOnlySpan<byte> text) =>
        _ignoreCase ? Ascii.EqualsIgnoreCase(text, _pattern) : text.SequenceEqual(_pattern);

    private bool Contains(ReadOnlySpan<byte> text)
    {
        if (!_ignoreCase)
            return text.IndexOf(_pattern) >= 0;
        for (var at = 0; at + _pattern.Length <= text.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(text.Slice(at, _pattern.Length), _pattern))
                return true;
        }
        return false;
    }
}
