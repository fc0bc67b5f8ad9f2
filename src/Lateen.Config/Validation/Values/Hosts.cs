// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation.Values;

/// <summary>DNS names, with and without wildcards.</summary>
internal static class Hosts
{
    private const string Fix = "write a DNS name, as reviews.default.svc.cluster.local";

    private const string WildcardFix = "write a DNS name; a wildcard is *, or stands in front, as *.example.com";

    /// <summary>RFC 1123 labels between dots, at most 255 characters; a short name has one label.</summary>
    public static bool IsDnsName(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 255)
            return false;
        if (text[^1] == '.')
            text = text[..^1];
        foreach (var label in text.Split('.'))
        {
            if (!IsDnsLabel(text[label]))
                return false;
        }
        return true;
    }

    /// <summary>A star stands for any beginning: *, *.example.com, *-web.example.com, *web.example.com.</summary>
    public static bool IsWildcardName(ReadOnlySpan<char> text) =>
        text is "*"
        || IsDnsName(
            !text.StartsWith('*') ? text
            : text[1] is '.' or '-' ? text[2..]
            : text[1..]
        );

    public static void Check(string text, FieldPath at, ValidationScope scope)
    {
        if (text.Length > 0 && !IsDnsName(text))
            scope.Add(ProblemCatalogue.BadHost, at, $"\"{text}\" is no host name", Fix);
    }

    public static void CheckWildcard(string text, FieldPath at, ValidationScope scope)
    {
        if (text.Length > 0 && !IsWildcardName(text))
            scope.Add(ProblemCatalogue.BadHost, at, $"\"{text}\" is no host name", WildcardFix);
    }

    /// <summary>A name, or an IP address.</summary>
    public static void CheckNameOrAddress(string text, FieldPath at, ValidationScope scope)
    {
        if (!IPAddress.TryParse(text, out _))
            CheckWildcard(text, at, scope);
    }

    /// <summary><c>namespace/host</c>, where the namespace may be <c>*</c>, <c>.</c> or <c>~</c>.</summary>
    public static void CheckInNamespace(string text, FieldPath at, ValidationScope scope)
    {
        var slash = text.IndexOf('/');
        var ns = slash < 0 ? "*" : text[..slash];
        if (ns is not ("*" or "." or "~") && !Names.IsLabel(ns))
            scope.Add(
                ProblemCatalogue.BadHost,
                at,
                $"\"{ns}\" is no namespace",
                "write namespace/host; * stands for all namespaces and . for this one"
            );
        else
            CheckWildcard(text[(slash + 1)..], at, scope);
    }

    /// <summary>Whether all hosts of <paramref name="inner"/> are of <paramref name="outer"/> too.</summary>
    public static bool Covers(string outer, string inner)
    {
        if (outer == "*" || outer == inner)
            return true;
        if (!outer.StartsWith('*'))
            return false;
        var suffix = outer.AsSpan(1);
        var name = inner.StartsWith('*') ? inner.AsSpan(1) : inner;
        return name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && name.Length >= suffix.Length;
    }

    /// <summary>As a label, and capital letters and underscores are let pass: what is in use is no mistake.</summary>
    private static bool IsDnsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-')
            return false;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }
        return true;
    }
}
