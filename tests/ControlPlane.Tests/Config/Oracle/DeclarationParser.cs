// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace ControlPlane.Tests.Config.Oracle;

/// <summary>Reads the one type that a declaration file of these packages is about: the part of TypeScript that they use.</summary>
internal sealed partial class DeclarationParser
{
    private readonly string[] _words;
    private int _at;

    private DeclarationParser(string text) =>
        _words = Word().Matches(Comment().Replace(text, "")).Select(static match => match.Value).ToArray();

    /// <summary>The first interface or alias of a file; null when there is none.</summary>
    public static OracleType? Parse(string text)
    {
        var parser = new DeclarationParser(text);
        for (var i = 0; i < parser._words.Length - 2; i++)
        {
            if (parser._words[i] == "interface")
                return parser.At(Array.IndexOf(parser._words, "{", i)).Type();
            if (parser._words[i] == "type" && parser._words[i + 2] == "=")
                return parser.At(i + 3).Type();
        }
        return null;
    }

    /// <summary>Name → module that it comes from.</summary>
    public static IReadOnlyDictionary<string, string> Imports(string text) =>
        Import()
            .Matches(text)
            .SelectMany(static import =>
                import
                    .Groups["names"]
                    .Value.Split(',', StringSplitOptions.TrimEntries)
                    .Select(name => KeyValuePair.Create(name, import.Groups["module"].Value))
            )
            .ToDictionary();

    private DeclarationParser At(int index)
    {
        _at = index;
        return this;
    }

    private string Next() => _words[_at++];

    private bool Take(string word)
    {
        if (_at >= _words.Length || _words[_at] != word)
            return false;
        _at++;
        return true;
    }

    /// <summary>Alternatives that exclude fields of each other, as CRDs have them, are all of the same fields: the first one says it.</summary>
    private OracleType Type()
    {
        var first = Single();
        var words = first is OracleWords one ? one.Words.ToList() : null;
        var isOther = false;
        while (_at < _words.Length && _words[_at] is "|" or "&")
        {
            _at++;
            if (Single() is OracleWords { Words: var more } && words is not null)
                words.AddRange(more);
            else
                isOther = true;
        }
        return words is not null ? new OracleWords(words)
            : isOther && first is OracleScalar ? new OracleAny()
            : first;
    }

    private OracleType Single()
    {
        var word = Next();
        switch (word)
        {
            case "{":
                return Body();
            case "(":
                var inner = Type();
                Take(")");
                return inner;
            case "Array":
                Take("<");
                var item = Type();
                Take(">");
                return new OracleList(item);
            case "string" or "number" or "boolean":
                return new OracleScalar(word);
            case "any" or "unknown" or "object" or "null":
                return new OracleAny();
        }
        if (word[0] == '"')
            return new OracleWords([word.Trim('"')]);
        if (char.IsAsciiDigit(word[0]))
            return new OracleScalar("number");
        SkipArguments();
        return new OracleReference(word);
    }

    /// <summary>What stands in angle brackets behind a name.</summary>
    private void SkipArguments()
    {
        if (!Take("<"))
            return;
        for (var depth = 1; depth > 0; )
        {
            var word = Next();
            depth +=
                word == "<" ? 1
                : word == ">" ? -1
                : 0;
        }
    }

    private OracleType Body()
    {
        var fields = new Dictionary<string, OracleField>(StringComparer.Ordinal);
        OracleType? entry = null;
        while (!Take("}"))
        {
            var name = Next();
            if (name == "[")
            {
                // [key: string]: type
                _at = Array.IndexOf(_words, "]", _at) + 2;
                entry = Type();
            }
            else
            {
                var isOptional = Take("?");
                Take(":");
                fields[name.Trim('"')] = new OracleField(Type(), !isOptional);
            }
            _ = Take(";") || Take(",");
        }
        return entry is not null ? new OracleMap(entry)
            : fields.Count == 0 ? new OracleAny()
            : new OracleObject(fields);
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(
        """
            "(?:[^"\\]|\\.)*"|[\w$.]+|\S
            """
    )]
    private static partial Regex Word();

    [GeneratedRegex(
        """
            import (?:type )?\{(?<names>[^}]*)\} from "(?<module>[^"]*)"
            """
    )]
    private static partial Regex Import();
}
