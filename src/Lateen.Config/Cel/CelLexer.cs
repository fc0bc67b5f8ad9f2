// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Cel;

/// <summary>Splits an expression of the Common Expression Language into pieces (its specification, "Syntax").</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] s_signs =
    [
        "==",
        "!=",
        "<=",
        ">=",
        "&&",
        "||",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        ":",
        "?",
        "<",
        ">",
        "+",
        "-",
        "*",
        "/",
        "%",
        "!",
    ];

    private int _at;

    public CelToken Next()
    {
        SkipSpace();
        if (_at >= text.Length)
            return new CelToken(CelTokenKind.End, "the end", text.Length);
        var c = text[_at];
        if (IsTextStart())
            return ReadText();
        if (char.IsAsciiLetter(c) || c == '_')
            return Take(CelTokenKind.Name, static c => char.IsAsciiLetterOrDigit(c) || c == '_');
        if (char.IsAsciiDigit(c))
            return Take(CelTokenKind.Number, static c => char.IsAsciiLetterOrDigit(c) || c == '.');
        foreach (var sign in s_signs)
        {
            if (!text.AsSpan(_at).StartsWith(sign))
                continue;
            _at += sign.Length;
            return new CelToken(CelTokenKind.Sign, sign, _at - sign.Length);
        }
        return new CelToken(CelTokenKind.Broken, c.ToString(), _at++);
    }

    /// <summary>White space, and comments from two slashes to the end of the line.</summary>
    private void SkipSpace()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(text[_at]))
                _at++;
            else if (text.AsSpan(_at).StartsWith("//"))
                _at = text.IndexOf('\n', _at) is var end and >= 0 ? end : text.Length;
            else
                return;
        }
    }

    /// <summary>A quote, or one behind r (raw), b (bytes) or both.</summary>
    private bool IsTextStart()
    {
        var at = _at;
        while (at < text.Length && at - _at < 2 && text[at] is 'r' or 'R' or 'b' or 'B')
            at++;
        return at < text.Length && text[at] is '\'' or '"';
    }

    private CelToken ReadText()
    {
        var start = _at;
        while (text[_at] is not ('\'' or '"'))
            _at++;
        var isRaw = text.AsSpan(start, _at - start).ContainsAny('r', 'R');
        var quote = text[_at];
        var isLong = text.AsSpan(_at).StartsWith([quote, quote, quote]);
        var end = isLong ? new string(quote, 3) : quote.ToString();
        var from = _at += end.Length;
        while (_at < text.Length && !text.AsSpan(_at).StartsWith(end))
        {
            if (!isLong && text[_at] == '\n')
                break;
            _at += !isRaw && text[_at] == '\\' ? 2 : 1;
        }
        if (_at >= text.Length || !text.AsSpan(_at).StartsWith(end))
        {
            _at = text.Length;
            return new CelToken(CelTokenKind.Broken, "a text without its closing quote", start);
        }
        var token = new CelToken(CelTokenKind.Text, text[from.._at], start);
        _at += end.Length;
        return token;
    }

    private CelToken Take(CelTokenKind kind, Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < text.Length && belongs(text[_at]))
            _at++;
        return new CelToken(kind, text[start.._at], start);
    }
}
