// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Objects.Metadata;

/// <summary>What names may look like (RFC 1123, as Kubernetes reads it). Each rule returns what is wrong, null when nothing is.</summary>
public static class NameRules
{
    private const int MaxLabel = 63;
    private const int MaxSubdomain = 253;

    /// <summary>Names of objects: labels with dots between.</summary>
    public static string? SubdomainProblem(string name) =>
        name.Length > MaxSubdomain ? TooLong(MaxSubdomain)
        : name.Length > 0 && name.Split('.').All(IsLabel) ? null
        : "must be lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part (RFC 1123)";

    /// <summary>Names of namespaces.</summary>
    public static string? LabelProblem(string name) =>
        name.Length > MaxLabel ? TooLong(MaxLabel)
        : IsLabel(name) ? null
        : "must be lower case letters, digits and '-', with a letter or digit at both ends (RFC 1123)";

    /// <summary>Names of services, which become DNS names and begin with a letter (RFC 1035).</summary>
    public static string? Rfc1035Problem(string name) =>
        name.Length > MaxLabel ? TooLong(MaxLabel)
        : IsLabel(name) && char.IsAsciiLetterLower(name[0]) ? null
        : "must be lower case letters, digits and '-', begin with a letter and end with a letter or digit (RFC 1035)";

    private static bool IsLabel(string text)
    {
        if (text.Length == 0 || text[0] == '-' || text[^1] == '-')
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return false;
        }
        return true;
    }

    internal static string TooLong(int most) => $"must have no more than {most} characters";
}
