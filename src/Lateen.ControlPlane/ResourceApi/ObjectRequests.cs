// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.Tables;
using Lateen.ControlPlane.ResourceApi.Discovery;
using Lateen.ControlPlane.ResourceApi.Handling;
using Lateen.ControlPlane.ResourceApi.Http;
using Lateen.ControlPlane.ResourceApi.Security;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi;

/// <summary>Requests for objects: which verb of Kubernetes one is, whether it may be, and its answer.</summary>
internal sealed class ObjectRequests(ObjectHandlers handlers, WatchStreams watches, TimeProvider time)
{
    public async Task HandleAsync(HttpContext http, ApiTarget target, ApiUser user)
    {
        if (VerbOf(http.Request, target) is not { } verb)
        {
            http.Response.Headers.Allow = string.Join(", ", MethodsOf(target));
            await FailAsync(http, ApiStatus.MethodNotAllowed(http.Request.Method)).ConfigureAwait(false);
            return;
        }
        if (ApiAccess.Refusal(user, verb, target) is { } refusal)
        {
            await FailAsync(http, refusal).ConfigureAwait(false);
            return;
        }
        string[] forms =
            verb == "list" || verb == "watch"
                ? [ResponseForm.Table, ResponseForm.PartialMetadataList, ResponseForm.PartialMetadata]
                : [ResponseForm.Table, ResponseForm.PartialMetadata];
        if (ResponseForm.Choose(http.Request.Headers.Accept.ToString(), forms) is not { } form)
        {
            await FailAsync(http, ApiStatus.NotAcceptable(ResponseForm.Json, ResponseForm.Yaml)).ConfigureAwait(false);
            return;
        }
        await AnswerAsync(http, target, verb, form).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext http, ApiTarget target, string verb, ResponseForm form)
    {
        if (TableObjectsOf(http.Request) is not { } include)
        {
            await FailAsync(http, ApiStatus.BadRequest("includeObject must be None, Metadata or Object"))
                .ConfigureAwait(false);
            return;
        }
        var view = new ObjectView(target, form, include, time);
        if (verb == "watch")
        {
            await watches.ServeAsync(http, target, view).ConfigureAwait(false);
            return;
        }
        var answer = await handlers.AskAsync(verb, http.Request, target, http.RequestAborted).ConfigureAwait(false);
        ResponseBody.AddWarnings(http.Response, answer.Warnings);
        if (answer.Failure is { } failure)
            await ResponseBody.WriteAsync(http, failure, form with { As = "" }).ConfigureAwait(false);
        else
            await ResponseBody.WriteAsync(http, answer.Code, BodyOf(answer, view), form).ConfigureAwait(false);
    }

    private static JsonNode BodyOf(ObjectAnswer answer, ObjectView view) =>
        answer.List is { } list ? view.Of(list) : view.Of(answer.Object!);

    /// <summary>Null for a method that is not allowed there.</summary>
    private static string? VerbOf(HttpRequest request, ApiTarget target)
    {
        var verb = (request.Method, target.IsCollection) switch
        {
            ("GET", true) => request.Query["watch"].ToString() is "true" or "1" or "True" or "TRUE" or "t" or "T"
                ? "watch"
                : "list",
            ("GET", false) => "get",
            ("POST", true) => "create",
            ("PUT", false) => "update",
            ("PATCH", false) => "patch",
            ("DELETE", true) => "deletecollection",
            ("DELETE", false) => "delete",
            _ => null,
        };
        if (verb is null || !DiscoveryPages.VerbsOf(target.Kind).Contains(verb))
            return null;
        // A status is of its object, and neither made nor deleted.
        if (target.Subresource.Length > 0 && verb is not ("get" or "update" or "patch"))
            return null;
        var isEverywhere = target.IsCollection && target.Namespace.Length == 0 && !target.Kind.IsClusterScoped;
        return isEverywhere && verb is not ("list" or "watch") ? null : verb;
    }

    private static IEnumerable<string> MethodsOf(ApiTarget target) =>
        target.IsCollection ? ["GET", "POST", "DELETE"]
        : target.Subresource.Length > 0 ? ["GET", "PUT", "PATCH"]
        : ["GET", "PUT", "PATCH", "DELETE"];

    private static TableObjects? TableObjectsOf(HttpRequest request) =>
        request.Query["includeObject"].ToString() switch
        {
            "" or "Metadata" => TableObjects.Metadata,
            "None" => TableObjects.None,
            "Object" => TableObjects.Object,
            _ => null,
        };

    private static Task FailAsync(HttpContext http, ApiStatus status) =>
        ResponseBody.WriteAsync(http, status, ResponseForm.Plain);
}
