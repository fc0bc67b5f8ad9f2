// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Lateen.Http;

namespace Lateen.Proxy.Admin;

/// <summary>What was asked of the admin interface.</summary>
/// <param name="Path">Without query.</param>
/// <param name="Query">Parameters; one without value has an empty one.</param>
public sealed record AdminRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query)
{
    public bool IsPost => Method == "POST";

    /// <summary>A regular expression from outside: one whose matching takes time in proportion to its input.</summary>
    internal static bool TryRegex(
        string pattern,
        [NotNullWhen(true)] out Regex? regex,
        [NotNullWhen(false)] out string? problem
    )
    {
        (regex, problem) = (null, null);
        try
        {
            regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            problem = failure.Message;
        }
        return regex is not null;
    }

    internal static AdminRequest From(RequestHead head)
    {
        var target = Encoding.ASCII.GetString(head.Path);
        var mark = target.IndexOf('?');
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        if (mark >= 0)
        {
            foreach (var pair in target[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = pair.IndexOf('=');
                var name = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
                query[name] = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
            }
        }
        return new AdminRequest(Encoding.ASCII.GetString(head.Method), mark < 0 ? target : target[..mark], query);
    }
}

/// <summary>An answer, whole.</summary>
public sealed record AdminResponse(int Status, string ContentType, byte[] Body)
{
    public static AdminResponse Text(string body, int status = 200) =>
        new(status, "text/plain; charset=UTF-8", Encoding.UTF8.GetBytes(body));

    /// <summary>What changes something wants POST, so that no link in a browser does it.</summary>
    public static AdminResponse PostRequired(AdminRequest request) =>
        Text($"Method {request.Method} not allowed, POST required.\n", 405);

    public static AdminResponse Json(string body) => new(200, "application/json", Encoding.UTF8.GetBytes(body));
}
