// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace DataPlane.Tests.AnyToAny;

/// <summary>Kestrel as upstream, in one protocol, with an endpoint for each kind of exchange.</summary>
internal sealed class EchoUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EchoUpstream(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>Completes when a request waits.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a request that waits was cancelled by its client.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Some of a body is on its way: completed by who sends it, awaited by who is to go on.</summary>
    public TaskCompletionSource HalfArrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<EchoUpstream> StartAsync(HttpProtocols protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            // The least there is, so that little fits between a client and a handler that does not read.
            kestrel.Limits.Http2.InitialStreamWindowSize = 65_535;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 65_535;
            kestrel.Limits.MaxResponseBufferSize = 0;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol);
        });
        var upstream = new EchoUpstream(builder.Build());
        upstream.Map(upstream._app);
        await upstream._app.StartAsync();
        return upstream;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.Map("/echo", EchoAsync);
        app.Map("/socket", EchoMessagesAsync);
        app.Map("/empty", static context => Answer(context, 204));
        app.Map("/not-modified", static context => Answer(context, 304));
        app.Map("/protocol", static context => context.Response.WriteAsync(context.Request.Protocol));
        app.Map(
            "/header",
            static context => context.Response.WriteAsync(context.Request.Headers["x-big"].ToString().Length.ToString())
        );
        app.Map("/big-header", BigHeader);
        app.Map("/lines", EchoLines);
        app.Map("/abort", Abort);
        app.Map("/abort-later", AbortLaterAsync);
        app.Map("/wait", WaitAsync);
        app.Map("/late", ReadLateAsync);
        app.Map("/bytes", SendBytesAsync);
    }

    /// <summary>Sends back what comes as it comes, and its trailers behind it.</summary>
    private static async Task EchoAsync(HttpContext context)
    {
        // Kestrel has no trailers in HTTP/1.1.
        var hasTrailers = context.Response.SupportsTrailers();
        if (hasTrailers)
            context.Response.DeclareTrailer("x-sum");
        await context.Response.Body.FlushAsync();
        var buffer = new byte[32 * 1024];
        var sum = 0L;
        for (int got; (got = await context.Request.Body.ReadAsync(buffer)) > 0; )
        {
            sum += got;
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, got));
            await context.Response.Body.FlushAsync();
        }
        var theirs = context.Request.CheckTrailersAvailable() ? context.Request.GetTrailer("x-client").ToString() : "";
        if (hasTrailers)
            context.Response.AppendTrailer("x-sum", sum + theirs);
    }

    private static async Task EchoMessagesAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close)
                break;
            await socket.SendAsync(
                buffer.AsMemory(0, got.Count),
                got.MessageType,
                got.EndOfMessage,
                context.RequestAborted
            );
        }
        await socket.CloseAsync(socket.CloseStatus!.Value, socket.CloseStatusDescription, context.RequestAborted);
    }

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static Task BigHeader(HttpContext context)
    {
        context.Response.Headers["x-big"] = new string('h', 20_000);
        return Task.CompletedTask;
    }

    /// <summary>Sends a field back, line for line.</summary>
    private static Task EchoLines(HttpContext context)
    {
        context.Response.Headers["x-many"] = context.Request.Headers["x-many"];
        return Task.CompletedTask;
    }

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private async Task AbortLaterAsync(HttpContext context)
    {
        await context.Response.WriteAsync("half");
        await context.Response.Body.FlushAsync();
        await HalfArrived.Task;
        context.Abort();
    }

    /// <summary>Reads nothing before it is told to; says how much it was.</summary>
    private async Task ReadLateAsync(HttpContext context)
    {
        await HalfArrived.Task;
        var buffer = new byte[16 * 1024];
        var sum = 0L;
        for (int got; (got = await context.Request.Body.ReadAsync(buffer)) > 0; )
            sum += got;
        await context.Response.WriteAsync(sum.ToString());
    }

    /// <summary>As many bytes as the query says; tells when more than the least window is on its way.</summary>
    private async Task SendBytesAsync(HttpContext context)
    {
        var length = int.Parse(context.Request.QueryString.Value.AsSpan(1));
        var piece = new byte[10_000];
        for (var sent = 0; sent < length; sent += piece.Length)
        {
            if (sent == 90_000)
                HalfArrived.SetResult();
            await context.Response.Body.WriteAsync(piece);
        }
    }

    private async Task WaitAsync(HttpContext context)
    {
        Waiting.TrySetResult();
        using var registration = context.RequestAborted.Register(Cancelled.SetResult);
        await Cancelled.Task;
    }
}
