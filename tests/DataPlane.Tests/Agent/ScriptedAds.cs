// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using DeltaPeer = DataPlane.Tests.Agent.AdsPeer<
    Envoy.Service.Discovery.V3.DeltaDiscoveryRequest,
    Envoy.Service.Discovery.V3.DeltaDiscoveryResponse
>;
using SotwPeer = DataPlane.Tests.Agent.AdsPeer<
    Envoy.Service.Discovery.V3.DiscoveryRequest,
    Envoy.Service.Discovery.V3.DiscoveryResponse
>;

namespace DataPlane.Tests.Agent;

/// <summary>An ADS server without an opinion: it hands every stream to the test.</summary>
internal sealed class ScriptedAds : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly Streams _streams;

    private ScriptedAds(WebApplication app)
    {
        _app = app;
        _streams = app.Services.GetRequiredService<Streams>();
        Port = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        ).Port;
    }

    public int Port { get; }

    public static async Task<ScriptedAds> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
                kestrel.Listen(IPAddress.Loopback, port, static at => at.Protocols = HttpProtocols.Http2)
            );
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Streams>();
        // A server that goes away goes at once, as a killed one does.
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.Zero);
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<Service>();
        await app.StartAsync();
        return new ScriptedAds(app);
    }

    public async Task<DeltaPeer> AcceptDeltaAsync() =>
        await _streams.Delta.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    public async Task<SotwPeer> AcceptSotwAsync() =>
        await _streams.Sotw.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.StopAsync();
        }
        catch (OperationCanceledException)
        {
            // Streams were open, and are cut.
        }
        await _app.DisposeAsync();
    }

    private sealed class Streams
    {
        public Channel<DeltaPeer> Delta { get; } = Channel.CreateUnbounded<DeltaPeer>();

        public Channel<SotwPeer> Sotw { get; } = Channel.CreateUnbounded<SotwPeer>();
    }

    private sealed class Service(Streams streams) : AggregatedDiscoveryService.AggregatedDiscoveryServiceBase
    {
        public override async Task DeltaAggregatedResources(
            IAsyncStreamReader<DeltaDiscoveryRequest> requestStream,
            IServerStreamWriter<DeltaDiscoveryResponse> responseStream,
            ServerCallContext context
        )
        {
            var peer = new DeltaPeer(requestStream, responseStream, context.CancellationToken);
            streams.Delta.Writer.TryWrite(peer);
            await peer.HoldAsync();
        }

        public override async Task StreamAggregatedResources(
            IAsyncStreamReader<DiscoveryRequest> requestStream,
            IServerStreamWriter<DiscoveryResponse> responseStream,
            ServerCallContext context
        )
        {
            var peer = new SotwPeer(requestStream, responseStream, context.CancellationToken);
            streams.Sotw.Writer.TryWrite(peer);
            await peer.HoldAsync();
        }
    }
}
