// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Envoy.Service.Secret.V3;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
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

/// <summary>An SDS server on a Unix socket, as Istio's agent is one: it hands every stream to the test.</summary>
internal sealed class ScriptedSds : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ScriptedStreams _streams;

    private ScriptedSds(WebApplication app)
    {
        _app = app;
        _streams = app.Services.GetRequiredService<ScriptedStreams>();
    }

    public static async Task<ScriptedSds> StartAsync(string path)
    {
        File.Delete(path);
        return new ScriptedSds(
            await GrpcHost.StartAsync<Service, ScriptedStreams>(kestrel =>
                kestrel.ListenUnixSocket(path, static at => at.Protocols = HttpProtocols.Http2)
            )
        );
    }

    public Task<SotwPeer> AcceptAsync() => _streams.AcceptSotwAsync();

    public Task<DeltaPeer> AcceptDeltaAsync() => _streams.AcceptDeltaAsync();

    public ValueTask DisposeAsync() => GrpcHost.StopAsync(_app);

    private sealed class Service(ScriptedStreams streams) : SecretDiscoveryService.SecretDiscoveryServiceBase
    {
        public override Task DeltaSecrets(
            IAsyncStreamReader<DeltaDiscoveryRequest> requestStream,
            IServerStreamWriter<DeltaDiscoveryResponse> responseStream,
            ServerCallContext context
        ) => streams.HoldAsync(requestStream, responseStream, context);

        public override Task StreamSecrets(
            IAsyncStreamReader<DiscoveryRequest> requestStream,
            IServerStreamWriter<DiscoveryResponse> responseStream,
            ServerCallContext context
        ) => streams.HoldAsync(requestStream, responseStream, context);
    }
}
