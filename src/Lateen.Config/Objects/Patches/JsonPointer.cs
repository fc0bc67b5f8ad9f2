// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Objects.Patches;

/// <summary>The way to a value in a JSON document (RFC 6901). Empty for the whole document.</summary>
public sealed class JsonPointer
{
    private JsonPointer(string text, IReadOnlyList<string> tokens)
    {
        Text = text;
        Tokens = tokens;
    }

    /// <summary>As it was written: <c>/spec/hosts/0</c>.</summary>
    public string Text { get; }

    /// <summary>Member names and indices, unescaped.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>Null when the text is no pointer.</summary>
    public static JsonPointer? Parse(string text)
    {
        if (text.Length == 0)
            return new JsonPointer(text, []);
        if (text[0] != '/')
            return null;
        var tokens = text[1..].Split('/');
        for (var i = 0; i < tokens.Length; i++)
        {
            if (Unescape(tokens[i]) is not { } token)
                return null;
            tokens[i] = token;
        }
        return new JsonPointer(text, tokens);
    }

    /// <summary>Whether the other one points into what this one points at.</summary>
    public bool IsAbove(JsonPointer other) =>
        Tokens.Count < other.Tokens.Count
        && Tokens.SequenceEqual(other.Tokens.Take(Tokens.Count), StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>RFC 6901 §3: <c>~1</c> is a slash, <c>~0</c> a tilde, and nothing else follows a tilde.</summary>
    private static string? Unescape(string token)
    {
        for (var at = token.IndexOf('~', StringComparison.Ordinal); at >= 0; at = token.IndexOf('~', at + 1))
        {
            if (at + 1 == token.Length || token[at + 1] is not ('0' or '1'))
                return null;
        }
        return token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }
}
