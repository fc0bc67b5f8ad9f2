// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;

namespace ControlPlane.Tests.Clusters;

/// <summary>A request as an API server's authorisation sees it.</summary>
/// <param name="Verb">get, list, watch, create, update or delete.</param>
/// <param name="Resource">With its part, as <c>virtualservices/status</c>.</param>
/// <param name="Namespace">Empty for all.</param>
/// <param name="Name">Empty for all.</param>
/// <param name="Authorization">As it was sent.</param>
/// <param name="Certificate">Subject of the client's certificate; empty for none.</param>
internal sealed record ClusterRequest(
    string Verb,
    string Group,
    string Version,
    string Resource,
    string Namespace,
    string Name,
    IQueryCollection Query,
    string Authorization,
    string Certificate,
    IHeaderDictionary Headers
)
{
    /// <summary>Without its part.</summary>
    public string Plural => Resource.Split('/')[0];

    public string Kind => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public string Parameter(string name) => Query[name].ToString();

    public override string ToString() =>
        $"{Verb} {Resource}.{Group} {Namespace}/{Name} rv={Parameter("resourceVersion")} continue={Parameter("continue")} limit={Parameter("limit")}";

    /// <summary>Null for a path that is none of an object's.</summary>
    public static ClusterRequest? Of(HttpContext http)
    {
        var parts = http.Request.Path.Value!.Trim('/').Split('/');
        var begin = parts[0] == "api" ? 1 : 2;
        if (parts.Length < begin + 2 || parts[0] is not ("api" or "apis"))
            return null;
        var (group, version, rest) = (begin == 1 ? "" : parts[1], parts[begin], parts[(begin + 1)..]);
        var ns = "";
        if (rest[0] == "namespaces" && rest.Length > 2)
            (ns, rest) = (rest[1], rest[2..]);
        var name = rest.Length > 1 ? rest[1] : "";
        var verb = http.Request.Method switch
        {
            "GET" when http.Request.Query["watch"] == "1" => "watch",
            "GET" => name.Length > 0 ? "get" : "list",
            "POST" => "create",
            "PUT" => "update",
            "DELETE" => "delete",
            var other => other,
        };
        return new ClusterRequest(
            verb,
            group,
            version,
            rest.Length > 2 ? $"{rest[0]}/{rest[2]}" : rest[0],
            ns,
            name,
            http.Request.Query,
            http.Request.Headers.Authorization.ToString(),
            http.Connection.ClientCertificate?.Subject ?? "",
            http.Request.Headers
        );
    }
}
