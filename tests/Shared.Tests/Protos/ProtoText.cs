// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Shared.Tests.Protos;

/// <summary>A field or enum value.</summary>
/// <param name="Name">Full name, package included.</param>
/// <param name="Type">As written: <c>repeated .a.b.C</c>, <c>map&lt;string,C&gt;</c>; <c>enum value</c> for one.</param>
internal sealed record ProtoMember(string Name, int Number, string Type);

/// <summary>Reads the fields and enum values out of a .proto file's text; options, services and comments are passed over.</summary>
internal sealed partial class ProtoText
{
    private readonly List<string> _tokens;
    private readonly List<ProtoMember> _members = [];
    private int _at;

    private ProtoText(string text) =>
        _tokens = Token().Matches(text).Select(static match => match.Value).Where(IsCode).ToList();

    public static IReadOnlyList<ProtoMember> Read(string text)
    {
        var reader = new ProtoText(text);
        reader.ReadFile();
        return reader._members;
    }

    private static bool IsCode(string token) =>
        !token.StartsWith("//", StringComparison.Ordinal) && !token.StartsWith("/*", StringComparison.Ordinal);

    private void ReadFile()
    {
        var package = "";
        while (_at < _tokens.Count)
        {
            if (_tokens[_at] == "package")
                package = _tokens[_at + 1] + ".";
            ReadStatement(package);
        }
    }

    private void ReadStatement(string scope)
    {
        switch (_tokens[_at])
        {
            case "message":
                ReadBlock($"{scope}{_tokens[_at + 1]}.", 3, ReadStatement);
                break;
            case "oneof":
                ReadBlock(scope, 3, ReadStatement);
                break;
            case "enum":
                ReadBlock($"{scope}{_tokens[_at + 1]}.", 3, ReadEnumValue);
                break;
            case "option" or "reserved" or "extensions" or "import" or "package" or "syntax" or "service" or "extend":
                Skip();
                break;
            case ";":
                _at++;
                break;
            default:
                ReadField(scope);
                break;
        }
    }

    private void ReadBlock(string scope, int head, Action<string> statement)
    {
        _at += head;
        while (_tokens[_at] != "}")
            statement(scope);
        _at++;
    }

    private void ReadEnumValue(string scope)
    {
        if (_tokens[_at] is "option" or "reserved")
        {
            Skip();
            return;
        }
        _members.Add(new ProtoMember(scope + _tokens[_at], Number(_tokens[_at + 2]), "enum value"));
        Skip();
    }

    private void ReadField(string scope)
    {
        var equals = _tokens.IndexOf("=", _at);
        var type = string.Concat(
            _tokens[_at..(equals - 1)].Select(static part => part == "repeated" ? "repeated " : part)
        );
        if (type.StartsWith("optional", StringComparison.Ordinal))
            type = type["optional".Length..];
        _members.Add(new ProtoMember(scope + _tokens[equals - 1], Number(_tokens[equals + 1]), type));
        Skip();
    }

    /// <summary>To behind the statement's end: a semicolon, or the closing brace of its block.</summary>
    private void Skip()
    {
        var depth = 0;
        while (true)
        {
            var token = _tokens[_at++];
            if (token is "{" or "[")
                depth++;
            else if (token is "}" or "]")
                depth--;
            if (depth == 0 && (token == ";" || (token == "}" && _tokens.ElementAtOrDefault(_at) != ";")))
                return;
        }
    }

    private static int Number(string token) =>
        token.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToInt32(token, 16) : int.Parse(token);

    [GeneratedRegex(
        """//[^\n]*|/\*[\s\S]*?\*/|"(\\.|[^"\\])*"|'(\\.|[^'\\])*'|[\w.\-]+|\S""",
        RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex Token();
}
