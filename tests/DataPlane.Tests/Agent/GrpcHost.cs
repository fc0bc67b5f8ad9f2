// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DataPlane.Tests.Agent;

/// <summary>A gRPC server of one service, on Grpc.AspNetCore.</summary>
internal static class GrpcHost
{
    /// <typeparam name="TState">What the service shares with the test.</typeparam>
    public static async Task<WebApplication> StartAsync<TService, TState>(Action<KestrelServerOptions> listen)
        where TService : class
        where TState : class
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(listen);
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<TState>();
        // A server that goes away goes at once, as a killed one does.
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.Zero);
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<TService>();
        await app.StartAsync();
        return app;
    }

    public static async ValueTask StopAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (OperationCanceledException)
        {
            // Streams were open, and are cut.
        }
        await app.DisposeAsync();
    }
}
