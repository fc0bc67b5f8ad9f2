// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace ControlPlane.Tests.Discovery;

/// <summary>A proxy that speaks the state-of-the-world variant, move by move.</summary>
internal sealed class SotwStream(AdsServer server) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> _call =
        server.Client.StreamAggregatedResources();
    private bool _introduced;
    private int _barriers;

    /// <param name="answered">The response whose nonce and version the request carries; null makes an initial request.</param>
    public Task SendAsync(string typeUrl, DiscoveryResponse? answered, params IEnumerable<string> names) =>
        SendAsync(
            new DiscoveryRequest
            {
                TypeUrl = typeUrl,
                ResponseNonce = answered?.Nonce ?? "",
                VersionInfo = answered?.VersionInfo ?? "",
                ResourceNames = { names },
            }
        );

    public Task NackAsync(DiscoveryResponse response, string why) =>
        SendAsync(
            new DiscoveryRequest
            {
                TypeUrl = response.TypeUrl,
                ResponseNonce = response.Nonce,
                ErrorDetail = new Google.Rpc.Status { Code = (int)StatusCode.InvalidArgument, Message = why },
            }
        );

    public async Task<DiscoveryResponse> NextAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        Assert.True(await _call.ResponseStream.MoveNext(limit.Token), "the stream ended");
        return _call.ResponseStream.Current;
    }

    /// <summary>Sends an initial request and returns its answer.</summary>
    public async Task<DiscoveryResponse> AskAsync(string typeUrl, params IEnumerable<string> names)
    {
        await SendAsync(typeUrl, answered: null, names);
        var response = await NextAsync();
        Assert.Equal(typeUrl, response.TypeUrl);
        return response;
    }

    /// <summary>Shows that the server has nothing more to say: as <see cref="DeltaStream.ExpectNothingAsync"/>.</summary>
    public Task ExpectNothingAsync() => AskAsync($"barrier/{_barriers++}");

    public void Dispose() => _call.Dispose();

    /// <summary>Names of the resources, whose type tells where they have them.</summary>
    public static string Text(DiscoveryResponse response) =>
        string.Join(' ', response.Resources.Select(resource => NameOf(response.TypeUrl, resource.Value)));

    private static string NameOf(string typeUrl, Google.Protobuf.ByteString body) =>
        typeUrl switch
        {
            Lateen.Xds.TypeUrls.Cluster => Envoy.Config.Cluster.V3.Cluster.Parser.ParseFrom(body).Name,
            Lateen.Xds.TypeUrls.Listener => Envoy.Config.Listener.V3.Listener.Parser.ParseFrom(body).Name,
            Lateen.Xds.TypeUrls.Endpoints => Envoy
                .Config.Endpoint.V3.ClusterLoadAssignment.Parser.ParseFrom(body)
                .ClusterName,
            _ => Envoy.Config.Route.V3.RouteConfiguration.Parser.ParseFrom(body).Name,
        };

    private Task SendAsync(DiscoveryRequest request)
    {
        if (!_introduced)
            request.Node = AdsServer.Node;
        _introduced = true;
        return _call.RequestStream.WriteAsync(request);
    }
}
