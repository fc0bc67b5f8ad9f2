// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Config.Schemas;
using Lateen.ControlPlane.ResourceApi.Discovery;
using Lateen.ControlPlane.ResourceApi.Http;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi;

/// <summary>Everything beside objects: discovery, OpenAPI, version, health.</summary>
/// <param name="isReady">Whether the store was reached.</param>
internal sealed class ApiPages(Func<bool> isReady)
{
    private static readonly ReadOnlyMemory<byte> s_ok = "ok"u8.ToArray();

    public Task HandleAsync(HttpContext http, ApiPath path)
    {
        if (path.Page == ApiPage.NotFound)
            return Fail(http, ApiStatus.NoSuchPath());
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET";
            return Fail(http, ApiStatus.MethodNotAllowed(http.Request.Method));
        }
        return path.Page switch
        {
            ApiPage.Health => ResponseBody.WriteAsync(http, 200, s_ok, "text/plain; charset=utf-8"),
            ApiPage.Ready => Ready(http),
            ApiPage.OpenApiV2 => OpenApiV2(http),
            ApiPage.OpenApiV3Version => OpenApiV3(http, path),
            ApiPage.Core or ApiPage.Groups => Discovery(http, path.Page == ApiPage.Core),
            _ => Json(http, path),
        };
    }

    private Task Ready(HttpContext http) =>
        isReady()
            ? ResponseBody.WriteAsync(http, 200, s_ok, "text/plain; charset=utf-8")
            : Fail(http, ApiStatus.Unavailable("the store was not reached yet"));

    private static Task Json(HttpContext http, ApiPath path)
    {
        if (ResponseForm.Choose(http.Request.Headers.Accept.ToString()) is not { } form)
            return Fail(http, ApiStatus.NotAcceptable(ResponseForm.Json, ResponseForm.Yaml));
        var page = path.Page switch
        {
            ApiPage.Version => DiscoveryPages.Version(),
            ApiPage.Paths => DiscoveryPages.Paths(),
            ApiPage.Group => DiscoveryPages.Group(path.Group),
            ApiPage.Kinds => DiscoveryPages.Kinds(path.Group, path.Version),
            ApiPage.OpenApiV3 => OpenApiPages.V3Index(),
            _ => throw new UnreachableException($"{path.Page} is no page"),
        };
        return ResponseBody.WriteAsync(http, 200, page, form);
    }

    /// <summary>Versions or groups alone, or all that is in them where the client takes that.</summary>
    private static Task Discovery(HttpContext http, bool isCore)
    {
        http.Response.Headers.Vary = "Accept";
        var form = ResponseForm.Choose(http.Request.Headers.Accept.ToString(), ResponseForm.GroupDiscovery);
        return form switch
        {
            null => Fail(
                http,
                ApiStatus.NotAcceptable(ResponseForm.Json, ResponseForm.Yaml, AggregatedDiscovery.MediaType)
            ),
            { As: ResponseForm.GroupDiscovery } => ResponseBody.WriteAsync(
                http,
                200,
                ResponseBody.Json(AggregatedDiscovery.Of(isCore ? [""] : ServedKinds.Groups)),
                AggregatedDiscovery.MediaType
            ),
            _ => ResponseBody.WriteAsync(
                http,
                200,
                isCore ? DiscoveryPages.Core(http.Request.Host.Value ?? "") : DiscoveryPages.Groups(),
                form
            ),
        };
    }

    private static Task OpenApiV2(HttpContext http)
    {
        var accept = http.Request.Headers.Accept.ToString();
        if (OpenApiPages.PrefersProtobuf(accept))
            return ResponseBody.WriteAsync(http, 200, OpenApiPages.V2Protobuf, OpenApiProtobuf.MediaType);
        return ResponseForm.Choose(accept) is { IsYaml: false }
            ? ResponseBody.WriteAsync(http, 200, OpenApiPages.V2Json, ResponseForm.Json)
            : Fail(http, ApiStatus.NotAcceptable(ResponseForm.Json, OpenApiProtobuf.MediaType));
    }

    private static Task OpenApiV3(HttpContext http, ApiPath path) =>
        ResponseForm.Choose(http.Request.Headers.Accept.ToString()) is { IsYaml: false }
            ? ResponseBody.WriteAsync(http, 200, OpenApiPages.V3(path.Group, path.Version), ResponseForm.Json)
            : Fail(http, ApiStatus.NotAcceptable(ResponseForm.Json));

    private static Task Fail(HttpContext http, ApiStatus status) =>
        ResponseBody.WriteAsync(http, status, ResponseForm.Plain);
}
