// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Lateen.Config.Objects.Selectors;

/// <summary>Conditions on an object's name and namespace, the only fields that Kubernetes selects custom resources by.</summary>
public sealed class FieldSelector
{
    private const string NameField = "metadata.name";
    private const string NamespaceField = "metadata.namespace";

    private readonly IReadOnlyList<(bool IsName, bool IsEqual, string Value)> _terms;

    private FieldSelector(IReadOnlyList<(bool, bool, string)> terms) => _terms = terms;

    /// <summary>Selects everything.</summary>
    public static FieldSelector Everything { get; } = new([]);

    public bool IsEverything => _terms.Count == 0;

    /// <summary>The one name that is selected; null where there may be others.</summary>
    public string? Name =>
        _terms
            .Where(static term => term is { IsName: true, IsEqual: true })
            .Select(static term => term.Value)
            .FirstOrDefault();

    /// <summary>Null when the text is no selector, or one by other fields; the problem then says so.</summary>
    public static FieldSelector? Parse(string text, out string problem)
    {
        var terms = new List<(bool, bool, string)>();
        problem = "";
        foreach (var term in Split(text))
        {
            if (term.Length == 0)
                continue;
            var at = Sign(term, out var length);
            if (at < 0)
                return Fail($"\"{term}\" is no condition such as {NameField}=reviews", out problem);
            if (term[..at] is not (NameField or NamespaceField))
                return Fail(
                    $"objects cannot be selected by {term[..at]}, only by {NameField} and {NamespaceField}",
                    out problem
                );
            if (Unescape(term[(at + length)..]) is not { } value)
                return Fail($"\"{term}\" is no condition such as {NameField}=reviews", out problem);
            terms.Add((term[..at] == NameField, term[at] != '!', value));
        }
        return new FieldSelector(terms);
    }

    public bool Matches(string name, string ns)
    {
        foreach (var (isName, isEqual, value) in _terms)
        {
            if (string.Equals(isName ? name : ns, value, StringComparison.Ordinal) != isEqual)
                return false;
        }
        return true;
    }

    /// <summary>Where the first of <c>!=</c>, <c>==</c> and <c>=</c> is.</summary>
    private static int Sign(string term, out int length)
    {
        length = 1;
        for (var i = 0; i < term.Length; i++)
        {
            if (term[i] == '\\')
            {
                i++;
                continue;
            }
            var isPair = i + 1 < term.Length && term[i + 1] == '=';
            if (term[i] == '=' || (term[i] == '!' && isPair))
            {
                length = isPair ? 2 : 1;
                return i;
            }
        }
        return -1;
    }

    /// <summary>At commas without a backslash before them.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == ',')
            {
                yield return text[from..i];
                from = i + 1;
            }
        }
        yield return text[from..];
    }

    /// <summary>A backslash stands before a backslash, a comma or an equals sign, and none of the three without one.</summary>
    private static string? Unescape(string value)
    {
        var result = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\')
            {
                if (++i == value.Length || value[i] is not ('\\' or ',' or '='))
                    return null;
            }
            else if (value[i] is ',' or '=')
            {
                return null;
            }
            result.Append(value[i]);
        }
        return result.ToString();
    }

    private static FieldSelector? Fail(string why, out string problem)
    {
        problem = why;
        return null;
    }
}
