// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Lateen.Core;

namespace Lateen.Agent.Discovery;

/// <summary>
/// Keeps one ADS stream to the control plane, for ever: when it breaks, the proxy serves on with what it has and the
/// client tries again after a while.
/// </summary>
internal sealed class XdsClient(
    Uri server,
    bool useDelta,
    Node node,
    ResourceIntake intake,
    Backoff backoff,
    ILogSink log,
    TimeProvider time
)
{
    private readonly Reconnection _reconnection = new(
        $"the control plane at {server.Authority}",
        "xds",
        backoff,
        log,
        time
    );

    /// <summary>Whether a stream has brought something and not broken since (Envoy <c>control_plane.connected_state</c>).</summary>
    public bool IsConnected => _reconnection.IsConnected;

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken stop) => _reconnection.RunAsync(RunStreamAsync, stop);

    private async Task RunStreamAsync(CancellationToken stop)
    {
        using var channel = GrpcChannels.Open(server);
        var client = new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel);
        if (useDelta)
        {
            using var call = client.DeltaAggregatedResources(cancellationToken: stop);
            await new DeltaSession(intake, node).RunAsync(call, _reconnection.OnResponse, stop).ConfigureAwait(false);
        }
        else
        {
            using var call = client.StreamAggregatedResources(cancellationToken: stop);
            await new SotwSession(intake, node).RunAsync(call, _reconnection.OnResponse, stop).ConfigureAwait(false);
        }
    }
}
