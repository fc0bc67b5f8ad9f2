// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
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
    private readonly WebApplication _app;
    private readonly ScriptedStreams _streams;

    private ScriptedAds(WebApplication app)
    {
        _app = app;
        _streams = app.Services.GetRequiredService<ScriptedStreams>();
        Port = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        ).Port;
    }

    public int Port { get; }

    public static async Task<ScriptedAds> StartAsync(int port = 0)
    {
        var app = await GrpcHost.StartAsync<Service, ScriptedStreams>(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, static at => at.Protocols = HttpProtocols.Http2)
        );
        return new ScriptedAds(app);
    }

    public Task<DeltaPeer> AcceptDeltaAsync() => _streams.AcceptDeltaAsync();

    public Task<SotwPeer> AcceptSotwAsync() => _streams.AcceptSotwAsync();

    public ValueTask DisposeAsync() => GrpcHost.StopAsync(_app);

    private sealed class Service(ScriptedStreams streams) : AggregatedDiscoveryService.AggregatedDiscoveryServiceBase
    {
        public override Task DeltaAggregatedResources(
            IAsyncStreamReader<DeltaDiscoveryRequest> requestStream,
            IServerStreamWriter<DeltaDiscoveryResponse> responseStream,
            ServerCallContext context
        ) => streams.HoldAsync(requestStream, responseStream, context);

        public override Task StreamAggregatedResources(
            IAsyncStreamReader<DiscoveryRequest> requestStream,
            IServerStreamWriter<DiscoveryResponse> responseStream,
            ServerCallContext context
        ) => streams.HoldAsync(requestStream, responseStream, context);
    }
}
