// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.Collections;
using Grpc.Core;

namespace ControlPlane.Tests.Discovery;

/// <summary>A proxy that speaks the incremental variant, move by move.</summary>
internal sealed class DeltaStream(AggregatedDiscoveryService.AggregatedDiscoveryServiceClient client) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> _call =
        client.DeltaAggregatedResources();
    private bool _introduced;
    private int _barriers;

    /// <summary>As what the proxy introduces itself.</summary>
    public Node Node { get; init; } = AdsServer.Node;

    public DeltaStream(AdsServer server)
        : this(server.Client) { }

    /// <summary>Sends a request; the first one introduces the proxy.</summary>
    public Task SendAsync(DeltaDiscoveryRequest request)
    {
        if (!_introduced)
            request.Node ??= Node;
        _introduced = true;
        return _call.RequestStream.WriteAsync(request);
    }

    public Task SubscribeAsync(string typeUrl, params IEnumerable<string> names) =>
        SendAsync(new DeltaDiscoveryRequest { TypeUrl = typeUrl, ResourceNamesSubscribe = { names } });

    public Task UnsubscribeAsync(string typeUrl, params IEnumerable<string> names) =>
        SendAsync(new DeltaDiscoveryRequest { TypeUrl = typeUrl, ResourceNamesUnsubscribe = { names } });

    public Task AckAsync(DeltaDiscoveryResponse response) =>
        SendAsync(new DeltaDiscoveryRequest { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce });

    public Task NackAsync(DeltaDiscoveryResponse response, string why) =>
        SendAsync(
            new DeltaDiscoveryRequest
            {
                TypeUrl = response.TypeUrl,
                ResponseNonce = response.Nonce,
                ErrorDetail = new Google.Rpc.Status { Code = (int)StatusCode.InvalidArgument, Message = why },
            }
        );

    public async Task<DeltaDiscoveryResponse> NextAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        Assert.True(await _call.ResponseStream.MoveNext(limit.Token), "the stream ended");
        return _call.ResponseStream.Current;
    }

    /// <summary>Sends a subscription and returns its answer.</summary>
    public async Task<DeltaDiscoveryResponse> AskAsync(string typeUrl, params IEnumerable<string> names)
    {
        await SubscribeAsync(typeUrl, names);
        var response = await NextAsync();
        Assert.Equal(typeUrl, response.TypeUrl);
        return response;
    }

    /// <summary>
    /// Shows that the server has nothing more to say to what was sent before: requests are handled in turn, so the
    /// answer to one that is always answered must be the next.
    /// </summary>
    public async Task ExpectNothingAsync()
    {
        var barrier = $"barrier/{_barriers++}";
        await SubscribeAsync(barrier);
        Assert.Equal(barrier, (await NextAsync()).TypeUrl);
    }

    /// <summary>How the server ends the stream.</summary>
    public async Task<Status> EndAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        var end = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await _call.ResponseStream.MoveNext(limit.Token)) { }
        });
        return end.Status;
    }

    public void Dispose() => _call.Dispose();

    /// <summary>Resources as <c>name=version</c>.</summary>
    public static string Text(RepeatedField<Resource> resources) =>
        string.Join(' ', resources.Select(static resource => $"{resource.Name}={resource.Version}"));
}
