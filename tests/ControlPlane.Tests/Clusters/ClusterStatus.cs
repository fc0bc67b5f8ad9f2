// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ControlPlane.Tests.Clusters;

/// <summary>Answers that are no objects, word for word as a kube-apiserver gives them.</summary>
internal static class ClusterStatus
{
    public static JsonObject Of(int code, string reason, string message, JsonObject? details = null)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
        };
        if (details is not null)
            status["details"] = details;
        status["code"] = code;
        return status;
    }

    public static JsonObject NotFound(ClusterRequest request) =>
        Of(404, "NotFound", $"{request.Kind} \"{request.Name}\" not found", Details(request));

    public static JsonObject Conflict(ClusterRequest request) =>
        Of(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {request.Kind} \"{request.Name}\": the object has been modified; please apply your changes to the latest version and try again",
            Details(request)
        );

    public static JsonObject Exists(ClusterRequest request, string name) =>
        Of(409, "AlreadyExists", $"{request.Kind} \"{name}\" already exists", Details(request));

    public static JsonObject Forbidden(ClusterRequest request) =>
        Of(
            403,
            "Forbidden",
            $"{request.Kind} {(request.Name.Length > 0 ? $"\"{request.Name}\" " : "")}is forbidden: User \"system:serviceaccount:istio-system:lateen\" cannot {request.Verb} resource \"{request.Resource}\" in API group \"{request.Group}\" "
                + (request.Namespace.Length > 0 ? $"in the namespace \"{request.Namespace}\"" : "at the cluster scope"),
            Details(request)
        );

    public static JsonObject TooOld(long asked, long oldest) =>
        Of(410, "Expired", $"too old resource version: {asked} ({oldest})");

    public static JsonObject ContinueExpired() =>
        Of(
            410,
            "Expired",
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list."
        );

    /// <summary>What the server's own part for paths says of one that it does not know.</summary>
    public static Task NoPathAsync(HttpContext http) => TextAsync(http, 404, "404 page not found\n");

    /// <summary>What the server's part for priorities says when it has too much to do.</summary>
    public static Task TooManyAsync(HttpContext http, int seconds, int code = 429)
    {
        http.Response.Headers.RetryAfter = $"{seconds}";
        return TextAsync(http, code, "Too many requests, please try again later.\n");
    }

    public static async Task WriteAsync(HttpContext http, int code, JsonNode content)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(content.ToJsonString(), http.RequestAborted);
    }

    public static Task WriteAsync(HttpContext http, JsonObject status) =>
        WriteAsync(http, (int)status["code"]!, status);

    private static Task TextAsync(HttpContext http, int code, string text)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    private static JsonObject Details(ClusterRequest request)
    {
        var details = new JsonObject();
        if (request.Name.Length > 0)
            details["name"] = request.Name;
        if (request.Group.Length > 0)
            details["group"] = request.Group;
        details["kind"] = request.Plural;
        return details;
    }
}
