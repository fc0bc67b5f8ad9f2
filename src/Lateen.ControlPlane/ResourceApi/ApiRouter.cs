// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Http;
using Lateen.ControlPlane.ResourceApi.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane.ResourceApi;

/// <summary>Takes a request to the page or the objects it asks for, once it is known who asks and that he may.</summary>
internal sealed partial class ApiRouter(
    ApiCallers callers,
    ApiPages pages,
    ObjectRequests objects,
    ILogger<ApiRouter> log
)
{
    /// <summary>Answers a request, whatever happens.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await RouteAsync(http).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there any more.
        }
        catch (Exception failure)
        {
            await FailAsync(http, StatusOf(failure, http)).ConfigureAwait(false);
        }
    }

    private async Task RouteAsync(HttpContext http)
    {
        var path = ApiPath.Parse(http.Request.Path.Value ?? "");
        if (callers.IsMisled(http.Request))
        {
            await FailAsync(http, ApiStatus.Forbidden("this name is none of a loopback address")).ConfigureAwait(false);
            return;
        }
        // Whether it is well may be asked by anybody; everything else by those who are known.
        if (path.Page is ApiPage.Version or ApiPage.Health or ApiPage.Ready)
        {
            await pages.HandleAsync(http, path).ConfigureAwait(false);
            return;
        }
        if (callers.Find(http) is not { } user)
            await FailAsync(http, ApiStatus.Unauthorized()).ConfigureAwait(false);
        else if (path.Page == ApiPage.Objects)
            await objects.HandleAsync(http, path.Target!, user).ConfigureAwait(false);
        else
            await pages.HandleAsync(http, path).ConfigureAwait(false);
    }

    private ApiStatus StatusOf(Exception failure, HttpContext http)
    {
        switch (failure)
        {
            case StoreUnavailableException unavailable:
                LogUnavailable(unavailable.Message);
                return ApiStatus.Unavailable(unavailable.Message);
            case RevisionGoneException gone:
                return ApiStatus.Expired(gone.Message);
            case BadHttpRequestException bad:
                return bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? ApiStatus.TooLarge(RequestBody.MaxBytes)
                    : ApiStatus.BadRequest(bad.Message) with
                    {
                        Code = bad.StatusCode,
                    };
            default:
                LogFailure(failure, http.Request.Method, http.Request.Path);
                return ApiStatus.Internal();
        }
    }

    private static Task FailAsync(HttpContext http, ApiStatus status)
    {
        if (!http.Response.HasStarted)
            return ResponseBody.WriteAsync(http, status, ResponseForm.Plain);
        // Half an answer is none: the client must see that it broke off.
        http.Abort();
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "The store cannot be reached: {Problem}")]
    private partial void LogUnavailable(string problem);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailure(Exception failure, string method, string path);
}
