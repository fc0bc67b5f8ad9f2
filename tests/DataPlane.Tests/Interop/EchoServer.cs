// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DataPlane.Tests.Interop;

/// <summary>The methods of <see cref="EchoMethods"/>, served by Grpc.AspNetCore.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EchoServer(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.Single()).Port;

    public static async Task<EchoServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(static kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Listen(IPAddress.Loopback, 0, static at => at.Protocols = HttpProtocols.Http2);
            });
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(static options => options.MaxReceiveMessageSize = options.MaxSendMessageSize = null);
        builder.Services.AddSingleton<Service>();
        builder.Services.AddSingleton<IServiceMethodProvider<Service>, Methods>();
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<Service>();
        await app.StartAsync();
        return new EchoServer(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private sealed class Methods : IServiceMethodProvider<Service>
    {
        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<Service> context)
        {
            context.AddUnaryMethod(
                EchoMethods.Say,
                [],
                static (self, request, call) => Service.SayAsync(request, call)
            );
            context.AddUnaryMethod(EchoMethods.Hung, [], static (self, request, _) => self.HungAsync(request));
            context.AddUnaryMethod(EchoMethods.Check, [], static (_, _, _) => Task.FromResult(EchoMethods.Serving));
            context.AddClientStreamingMethod(
                EchoMethods.Join,
                [],
                static (_, requests, _) => Service.JoinAsync(requests)
            );
            context.AddServerStreamingMethod(
                EchoMethods.Split,
                [],
                static (_, request, responses, _) => Service.SplitAsync(request, responses)
            );
            context.AddServerStreamingMethod(
                EchoMethods.Fail,
                [],
                static (_, request, responses, _) => Service.FailAsync(request, responses)
            );
            context.AddServerStreamingMethod(
                EchoMethods.Hang,
                [],
                static (self, request, responses, call) => self.HangAsync(request, responses, call)
            );
            context.AddDuplexStreamingMethod(
                EchoMethods.Talk,
                [],
                static (_, requests, responses, _) => Service.TalkAsync(requests, responses)
            );
        }
    }

    private sealed class Service
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _gone = new(StringComparer.Ordinal);

        public static async Task<byte[]> SayAsync(byte[] request, ServerCallContext call)
        {
            var headers = new Metadata();
            foreach (
                var entry in call.RequestHeaders.Where(static e => e.Key.StartsWith("x-", StringComparison.Ordinal))
            )
                (entry.IsBinary ? call.ResponseTrailers : headers).Add(entry);
            await call.WriteResponseHeadersAsync(headers);
            return request;
        }

        public static async Task<byte[]> JoinAsync(IAsyncStreamReader<byte[]> requests)
        {
            var all = new MemoryStream();
            await foreach (var request in requests.ReadAllAsync())
                all.Write(request);
            return all.ToArray();
        }

        public static async Task SplitAsync(byte[] request, IServerStreamWriter<byte[]> responses)
        {
            foreach (var octet in request)
                await responses.WriteAsync([octet]);
        }

        public static async Task TalkAsync(IAsyncStreamReader<byte[]> requests, IServerStreamWriter<byte[]> responses)
        {
            await foreach (var request in requests.ReadAllAsync())
                await responses.WriteAsync(request);
        }

        public static async Task FailAsync(byte[] request, IServerStreamWriter<byte[]> responses)
        {
            var parts = Encoding.UTF8.GetString(request).Split(' ', 3);
            if (parts[0] == "late")
                await responses.WriteAsync("first"u8.ToArray());
            var code = (StatusCode)int.Parse(parts[1]);
            throw new RpcException(new Status(code, parts[2]), EchoMethods.Reason);
        }

        public async Task HangAsync(byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext call)
        {
            var parts = Encoding.UTF8.GetString(request).Split(' ');
            var gone = Gone(parts[1]);
            await using var registration = call.CancellationToken.Register(() => gone.TrySetResult());
            if (parts[0] == "late")
                await responses.WriteAsync("hanging"u8.ToArray(), call.CancellationToken);
            await gone.Task;
        }

        public async Task<byte[]> HungAsync(byte[] request)
        {
            await Gone(Encoding.UTF8.GetString(request)).Task;
            return "gone"u8.ToArray();
        }

        private TaskCompletionSource Gone(string name) =>
            _gone.GetOrAdd(name, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
