// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Net.Client;
using Lateen.Discovery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ControlPlane.Tests.Discovery;

/// <summary>The real service behind a real port, with resources that tests choose, and a client for it.</summary>
internal sealed class AdsServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private AdsServer(WebApplication app, GrpcChannel channel)
    {
        _app = app;
        _channel = channel;
    }

    public required FakeSource Source { get; init; }

    public ProxyRegistry Registry => _app.Services.GetRequiredService<ProxyRegistry>();

    public AggregatedDiscoveryService.AggregatedDiscoveryServiceClient Client => new(_channel);

    public static Node Node { get; } =
        new() { Id = "sidecar~127.0.1.1~reviews-v1-1.default~default.svc.cluster.local" };

    public static async Task<AdsServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(static kestrel =>
                kestrel.Listen(IPAddress.Loopback, 0, static port => port.Protocols = HttpProtocols.Http2)
            );
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ProxyRegistry>();
        builder.Services.AddSingleton<FakeSource>();
        builder.Services.AddSingleton<ISnapshotSource>(static services => services.GetRequiredService<FakeSource>());
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<AdsService>();
        await app.StartAsync();
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        return new AdsServer(app, GrpcChannel.ForAddress(address))
        {
            Source = app.Services.GetRequiredService<FakeSource>(),
        };
    }

    /// <summary>Tells connected proxies that there may be something new.</summary>
    public void Push() => Registry.PushAll(TimeProvider.System.GetTimestamp());

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
