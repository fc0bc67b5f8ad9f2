// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Cel;

/// <summary>
/// Whether a text is an expression of the Common Expression Language, and which names it begins with. By precedence, the weakest first:
/// <c>?:</c>, <c>||</c>, <c>&amp;&amp;</c>, relations, sums, products, signs, members.
/// </summary>
internal sealed class CelParser
{
    /// <summary>Deeper than anybody writes, and a bound for what a hostile text may make us do.</summary>
    private const int MaxDepth = 64;

    private static readonly string[][] s_levels =
    [
        ["||"],
        ["&&"],
        ["==", "!=", "<", "<=", ">", ">="],
        ["+", "-"],
        ["*", "/", "%"],
    ];

    private static readonly string[] s_constants = ["true", "false", "null"];

    private readonly CelLexer _lexer;
    private readonly List<string> _roots = [];
    private CelToken _token;
    private string? _fault;
    private int _depth;

    private CelParser(string text)
    {
        _lexer = new CelLexer(text);
        _token = _lexer.Next();
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="roots">Names of variables, without what is selected of them.</param>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Check(string text, out IReadOnlyList<string> roots)
    {
        var parser = new CelParser(text);
        parser.ReadChoice();
        if (parser._token.Kind != CelTokenKind.End)
            parser.Fail("an operator");
        roots = parser._roots;
        return parser._fault;
    }

    private void ReadChoice()
    {
        if (++_depth > MaxDepth)
        {
            _fault ??= "is nested too deeply";
            _token = new CelToken(CelTokenKind.End, "", _token.Position);
        }
        ReadLevel(0);
        if (Accept("?"))
        {
            ReadLevel(0);
            Expect(":");
            ReadChoice();
        }
        _depth--;
    }

    private void ReadLevel(int level)
    {
        if (level == s_levels.Length)
        {
            ReadSigned();
            return;
        }
        ReadLevel(level + 1);
        while (IsOneOf(s_levels[level], level))
        {
            Advance();
            ReadLevel(level + 1);
        }
    }

    /// <summary><c>in</c> is a relation that looks like a name.</summary>
    private bool IsOneOf(string[] operators, int level) =>
        (_token.Kind == CelTokenKind.Sign && operators.Contains(_token.Text))
        || (level == 2 && _token is { Kind: CelTokenKind.Name, Text: "in" });

    private void ReadSigned()
    {
        while (_token.Is("!") || _token.Is("-"))
            Advance();
        ReadPrimary();
        ReadMembers();
    }

    private void ReadPrimary()
    {
        switch (_token.Kind)
        {
            case CelTokenKind.Name:
                ReadName();
                break;
            case CelTokenKind.Number or CelTokenKind.Text:
                Advance();
                break;
            case CelTokenKind.Sign when _token.Text == "(":
                Advance();
                ReadChoice();
                Expect(")");
                break;
            case CelTokenKind.Sign when _token.Text == "[":
                Advance();
                ReadList("]");
                break;
            case CelTokenKind.Sign when _token.Text == "{":
                Advance();
                ReadMap();
                break;
            default:
                Fail("a value");
                break;
        }
    }

    private void ReadName()
    {
        var name = _token.Text;
        Advance();
        if (_token.Is("("))
        {
            Advance();
            ReadList(")");
        }
        else if (!s_constants.Contains(name))
        {
            _roots.Add(name);
        }
    }

    private void ReadMembers()
    {
        while (true)
        {
            if (Accept("."))
            {
                if (_token.Kind != CelTokenKind.Name)
                    Fail("the name of a field");
                Advance();
                if (Accept("("))
                    ReadList(")");
            }
            else if (Accept("["))
            {
                ReadChoice();
                Expect("]");
            }
            else
            {
                return;
            }
        }
    }

    private void ReadList(string end)
    {
        while (_token.Kind != CelTokenKind.End && !_token.Is(end))
        {
            ReadChoice();
            if (!Accept(","))
                break;
        }
        Expect(end);
    }

    private void ReadMap()
    {
        while (_token.Kind != CelTokenKind.End && !_token.Is("}"))
        {
            ReadChoice();
            Expect(":");
            ReadChoice();
            if (!Accept(","))
                break;
        }
        Expect("}");
    }

    private bool Accept(string sign)
    {
        if (!_token.Is(sign))
            return false;
        Advance();
        return true;
    }

    private void Expect(string sign)
    {
        if (!Accept(sign))
            Fail(sign);
    }

    private void Advance()
    {
        if (_fault is null)
            _token = _lexer.Next();
    }

    /// <summary>The first fault counts; after it there is nothing more to read.</summary>
    private void Fail(string expected)
    {
        _fault ??= $"needs {expected} at character {_token.Position + 1}, where it has {Shown()}";
        _token = new CelToken(CelTokenKind.End, "", _token.Position);
    }

    private string Shown() =>
        _token.Kind == CelTokenKind.End || _token.Text.Contains(' ') ? _token.Text : $"\"{_token.Text}\"";
}
