// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Objects.Metadata;

/// <summary>What labels and their values may look like. Each rule returns what is wrong, null when nothing is.</summary>
public static class LabelRules
{
    private const int MaxPart = 63;
    private const string NoWord = "must be letters, digits, '-', '_' and '.', with a letter or digit at both ends";

    /// <summary><c>name</c> or <c>example.com/name</c>; also keys of annotations and names of finalizers.</summary>
    public static string? KeyProblem(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash != key.LastIndexOf('/'))
            return "must be a name, or a DNS name, one '/' and a name";
        if (slash == 0)
            return "must have a DNS name before the '/'";
        if (slash > 0 && NameRules.SubdomainProblem(key[..slash]) is { } prefix)
            return $"the DNS name before the '/' {prefix}";
        var name = key[(slash + 1)..];
        return name.Length == 0 ? "must not be empty"
            : name.Length > MaxPart ? NameRules.TooLong(MaxPart)
            : IsWord(name) ? null
            : NoWord;
    }

    /// <summary>May be empty.</summary>
    public static string? ValueProblem(string value) =>
        value.Length > MaxPart ? NameRules.TooLong(MaxPart)
        : value.Length == 0 || IsWord(value) ? null
        : NoWord;

    private static bool IsWord(string text)
    {
        if (!char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]))
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                return false;
        }
        return true;
    }
}
