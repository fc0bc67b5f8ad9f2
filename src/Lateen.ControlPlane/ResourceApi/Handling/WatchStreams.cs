// SPDX-License-Identifier: Apache-2.0
using Lateen.ControlPlane.ResourceApi.Http;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>Watches as responses without an end: one event a line.</summary>
/// <param name="stopping">The server ends: so do its watches, at once.</param>
internal sealed class WatchStreams(ObjectWatch watch, TimeProvider time, CancellationToken stopping)
{
    /// <summary>The client asks again after that; spread, so that not all of them do at once (Kubernetes: 30 to 60 minutes).</summary>
    private static readonly TimeSpan s_least = TimeSpan.FromMinutes(30);

    private static readonly byte[] s_newLine = "\n"u8.ToArray();

    public async Task ServeAsync(HttpContext http, ApiTarget target, ObjectView view)
    {
        if (!ListOptions.Read(http.Request.Query).Is(out var options, out var failure))
        {
            await ResponseBody.WriteAsync(http, failure, ResponseForm.Plain).ConfigureAwait(false);
            return;
        }
        var limit = options.Timeout ?? s_least * (1 + Random.Shared.NextDouble());
        using var timeout = new CancellationTokenSource(limit, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            timeout.Token,
            stopping,
            http.RequestAborted
        );
        try
        {
            await WriteAsync(http, watch.WatchAsync(target, options, ending.Token), view).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The end of a watch: there is no error in it.
        }
    }

    private static async Task WriteAsync(HttpContext http, IAsyncEnumerable<WatchEvent> events, ObjectView view)
    {
        var body = http.Response.Body;
        var isFirst = true;
        http.Response.ContentType = ResponseForm.Json;
        http.Response.Headers.CacheControl = "no-cache, private";
        // The client learns at once that it watches, and not with the first event.
        await http.Response.StartAsync(http.RequestAborted).ConfigureAwait(false);
        await body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        await foreach (var told in events.ConfigureAwait(false))
        {
            await body.WriteAsync(ResponseBody.Json(view.Of(told, isFirst)), http.RequestAborted).ConfigureAwait(false);
            await body.WriteAsync(s_newLine, http.RequestAborted).ConfigureAwait(false);
            await body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
            isFirst = false;
        }
    }
}
