// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Discovery;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Xds;

namespace ControlPlane.Tests.Statuses;

/// <summary>A sidecar that acknowledges what a test has it acknowledge.</summary>
internal sealed class ScriptedProxy : IDisposable
{
    private readonly DeltaStream _stream;

    private ScriptedProxy(AggregatedDiscoveryService.AggregatedDiscoveryServiceClient discovery, string pod) =>
        _stream = new DeltaStream(discovery)
        {
            Node = new Node
            {
                Id = $"sidecar~127.0.1.1~{pod}.default~default.svc.cluster.local",
                Metadata = new Struct
                {
                    Fields =
                    {
                        ["INTERCEPTION_MODE"] = Value.ForString("NONE"),
                        ["HTTP_PROXY_PORT"] = Value.ForString("15007"),
                    },
                },
            },
        };

    /// <summary>Connects, subscribes to what a sidecar does, and acknowledges all that it gets.</summary>
    public static Task<ScriptedProxy> ConnectAsync(RunningControlPlane plane) =>
        ConnectAsync(plane.Discovery, "reviews-v1-1");

    /// <inheritdoc cref="ConnectAsync(RunningControlPlane)"/>
    /// <param name="pod">Name of the pod that it is of.</param>
    public static async Task<ScriptedProxy> ConnectAsync(
        AggregatedDiscoveryService.AggregatedDiscoveryServiceClient discovery,
        string pod
    )
    {
        var proxy = new ScriptedProxy(discovery, pod);
        await proxy._stream.AckAsync(await proxy._stream.AskAsync(TypeUrls.Cluster));
        await proxy._stream.AckAsync(await proxy._stream.AskAsync(TypeUrls.Listener));
        await proxy._stream.AckAsync(await proxy._stream.AskAsync(TypeUrls.Route, "http_proxy"));
        return proxy;
    }

    /// <summary>What it is sent next, of one type.</summary>
    public async Task<DeltaDiscoveryResponse> NextAsync(string typeUrl)
    {
        var response = await _stream.NextAsync();
        Assert.Equal(typeUrl, response.TypeUrl);
        return response;
    }

    /// <summary>What it is sent next.</summary>
    public Task<DeltaDiscoveryResponse> NextAsync() => _stream.NextAsync();

    public Task AckAsync(DeltaDiscoveryResponse response) => _stream.AckAsync(response);

    public Task NackAsync(DeltaDiscoveryResponse response, string why) => _stream.NackAsync(response, why);

    public void Dispose() => _stream.Dispose();
}
