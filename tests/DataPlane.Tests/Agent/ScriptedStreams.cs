// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using DeltaPeer = DataPlane.Tests.Agent.AdsPeer<
    Envoy.Service.Discovery.V3.DeltaDiscoveryRequest,
    Envoy.Service.Discovery.V3.DeltaDiscoveryResponse
>;
using SotwPeer = DataPlane.Tests.Agent.AdsPeer<
    Envoy.Service.Discovery.V3.DiscoveryRequest,
    Envoy.Service.Discovery.V3.DiscoveryResponse
>;

namespace DataPlane.Tests.Agent;

/// <summary>Streams of both variants, from the service that has them to the test that waits for them.</summary>
internal sealed class ScriptedStreams
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Channel<DeltaPeer> _delta = Channel.CreateUnbounded<DeltaPeer>();
    private readonly Channel<SotwPeer> _sotw = Channel.CreateUnbounded<SotwPeer>();

    public async Task<DeltaPeer> AcceptDeltaAsync() => await _delta.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    public async Task<SotwPeer> AcceptSotwAsync() => await _sotw.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    /// <summary>Hands a stream to the test, and holds it until the test ends it.</summary>
    public Task HoldAsync(
        IAsyncStreamReader<DeltaDiscoveryRequest> requests,
        IServerStreamWriter<DeltaDiscoveryResponse> responses,
        ServerCallContext context
    ) => HoldAsync(_delta, new DeltaPeer(requests, responses, context.CancellationToken));

    /// <inheritdoc cref="HoldAsync(IAsyncStreamReader{DeltaDiscoveryRequest}, IServerStreamWriter{DeltaDiscoveryResponse}, ServerCallContext)"/>
    public Task HoldAsync(
        IAsyncStreamReader<DiscoveryRequest> requests,
        IServerStreamWriter<DiscoveryResponse> responses,
        ServerCallContext context
    ) => HoldAsync(_sotw, new SotwPeer(requests, responses, context.CancellationToken));

    private static Task HoldAsync<TRequest, TResponse>(
        Channel<AdsPeer<TRequest, TResponse>> streams,
        AdsPeer<TRequest, TResponse> peer
    )
        where TRequest : class
    {
        streams.Writer.TryWrite(peer);
        return peer.HoldAsync();
    }
}
