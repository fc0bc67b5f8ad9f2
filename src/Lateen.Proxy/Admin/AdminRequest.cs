// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;

namespace Lateen.Proxy.Admin;

/// <summary>What was asked of the admin interface.</summary>
/// <param name="Path">Without query.</param>
/// <param name="Query">Parameters; one without value has an empty one.</param>
public sealed record AdminRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query)
{
    public bool IsPost => Method == "POST";

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

    public static AdminResponse Json(string body) => new(200, "application/json", Encoding.UTF8.GetBytes(body));
}
