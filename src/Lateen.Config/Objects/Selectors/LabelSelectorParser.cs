// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Objects.Metadata;

namespace Lateen.Config.Objects.Selectors;

/// <summary>
/// Kubernetes' grammar: <c>key</c>, <c>!key</c>, <c>key=v</c>, <c>key==v</c>, <c>key!=v</c>, <c>key in (v,w)</c>, <c>key notin (v)</c>,
/// <c>key&gt;1</c>, <c>key&lt;1</c>, with commas between.
/// </summary>
internal sealed class LabelSelectorParser(string text)
{
    private int _at;

    public LabelSelector? Parse(out string problem)
    {
        var requirements = new List<LabelRequirement>();
        problem = "";
        SkipSpace();
        if (_at == text.Length)
            return LabelSelector.Everything;
        while (true)
        {
            if (Requirement(out problem) is not { } requirement)
                return null;
            requirements.Add(requirement);
            SkipSpace();
            if (_at == text.Length)
                return new LabelSelector(requirements);
            if (text[_at] != ',')
                return Fail<LabelSelector>("a comma or the end is expected", out problem);
            _at++;
        }
    }

    private LabelRequirement? Requirement(out string problem)
    {
        SkipSpace();
        var isNegated = Take("!");
        SkipSpace();
        var key = Word();
        if (LabelRules.KeyProblem(key) is { } bad)
            return Fail<LabelRequirement>($"\"{key}\" is no label: {bad}", out problem);
        SkipSpace();
        problem = "";
        if (isNegated)
            return new LabelRequirement(key, LabelOperator.DoesNotExist, []);
        if (_at == text.Length || text[_at] == ',')
            return new LabelRequirement(key, LabelOperator.Exists, []);
        return Comparison(key, out problem);
    }

    private LabelRequirement? Comparison(string key, out string problem)
    {
        if (Take("==") || Take("="))
            return Equality(key, LabelOperator.In, out problem);
        if (Take("!="))
            return Equality(key, LabelOperator.NotIn, out problem);
        if (Take(">"))
            return Order(key, LabelOperator.GreaterThan, out problem);
        if (Take("<"))
            return Order(key, LabelOperator.LessThan, out problem);
        var at = _at;
        switch (Word())
        {
            case "in":
                return Set(key, LabelOperator.In, out problem);
            case "notin":
                return Set(key, LabelOperator.NotIn, out problem);
            default:
                _at = at;
                return Fail<LabelRequirement>("one of =, ==, !=, in, notin, > and < is expected", out problem);
        }
    }

    /// <summary>The value may be empty: <c>key=</c>.</summary>
    private LabelRequirement? Equality(string key, LabelOperator verb, out string problem)
    {
        SkipSpace();
        var value = Word();
        return Checked(value, out problem) ? new LabelRequirement(key, verb, [value]) : null;
    }

    private LabelRequirement? Order(string key, LabelOperator verb, out string problem)
    {
        SkipSpace();
        var value = Word();
        problem = "";
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? new LabelRequirement(key, verb, [value])
            : Fail<LabelRequirement>($"\"{value}\" is no whole number", out problem);
    }

    private LabelRequirement? Set(string key, LabelOperator verb, out string problem)
    {
        SkipSpace();
        if (!Take("("))
            return Fail<LabelRequirement>("a list in parentheses is expected", out problem);
        var values = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            SkipSpace();
            var value = Word();
            if (!Checked(value, out problem))
                return null;
            values.Add(value);
            SkipSpace();
        } while (Take(","));
        return Take(")")
            ? new LabelRequirement(key, verb, values)
            : Fail<LabelRequirement>("a comma or a closing parenthesis is expected", out problem);
    }

    private bool Checked(string value, out string problem)
    {
        problem = "";
        if (LabelRules.ValueProblem(value) is not { } bad)
            return true;
        Fail<LabelRequirement>($"\"{value}\" is no label value: {bad}", out problem);
        return false;
    }

    /// <summary>Up to a space or a sign of the grammar.</summary>
    private string Word()
    {
        var from = _at;
        while (
            _at < text.Length
            && text[_at] is not (' ' or '\t' or '\r' or '\n' or ',' or '=' or '!' or '(' or ')' or '<' or '>')
        )
            _at++;
        return text[from.._at];
    }

    private bool Take(string sign)
    {
        if (string.CompareOrdinal(text, _at, sign, 0, sign.Length) != 0)
            return false;
        _at += sign.Length;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && text[_at] is (' ' or '\t' or '\r' or '\n'))
            _at++;
    }

    private T? Fail<T>(string what, out string problem)
        where T : class
    {
        problem = $"{what}, at character {_at + 1} of \"{text}\"";
        return null;
    }
}
