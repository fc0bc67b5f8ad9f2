// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Lateen.Xds;

namespace Lateen.Agent.Discovery;

/// <summary>One stream of the state-of-the-world variant of ADS, for servers without the incremental one.</summary>
internal sealed class SotwSession(ResourceIntake intake, Node node)
{
    private readonly SubscriptionPlan _plan = new(intake.Consumer, intake.Known);
    private readonly Dictionary<string, string> _nonces = new(StringComparer.Ordinal);
    private bool _sentNode;

    /// <summary>Runs until the stream ends, which is always a failure.</summary>
    public async Task RunAsync(
        AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> call,
        Action onResponse,
        CancellationToken stop
    )
    {
        using var turns = new SessionTurns(intake.Consumer);
        await SendAsync(call, Request(TypeUrls.Cluster)).ConfigureAwait(false);
        foreach (var change in _plan.Resume())
            await SendAsync(call, Request(change.TypeUrl)).ConfigureAwait(false);
        while (
            await turns.NextAsync(call.ResponseStream, stop).ConfigureAwait(false) is var turn
            && turn != SessionTurn.End
        )
        {
            if (turn == SessionTurn.GivenUp)
            {
                foreach (var change in _plan.AfterGivingUp())
                    await SendAsync(call, Request(change.TypeUrl)).ConfigureAwait(false);
                continue;
            }
            onResponse();
            var response = call.ResponseStream.Current;
            var update = new ResourceUpdate(
                response.TypeUrl,
                response.VersionInfo,
                response
                    .Resources.Select(body => new NamedResource(ResourceNames.Of(body), response.VersionInfo, body))
                    .ToArray(),
                [],
                // Endpoints and routes that are left out stay; clusters and listeners go.
                TypeUrls.IsWildcard(response.TypeUrl)
            );
            var rejections = intake.Take(update);
            await AcknowledgeAsync(call, response, rejections).ConfigureAwait(false);
            foreach (var change in _plan.After(update))
            {
                intake.Forget(change.TypeUrl, change.Removed);
                await SendAsync(call, Request(change.TypeUrl)).ConfigureAwait(false);
            }
        }
    }

    private Task AcknowledgeAsync(
        AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> call,
        DiscoveryResponse response,
        IReadOnlyList<ResourceRejection> rejections
    )
    {
        _nonces[response.TypeUrl] = response.Nonce;
        var request = Request(response.TypeUrl);
        request.ErrorDetail = ResourceIntake.ErrorOf(rejections);
        return SendAsync(call, request);
    }

    /// <summary>Says the last good version, an earlier stream's included; a nonce belongs to its stream.</summary>
    private DiscoveryRequest Request(string typeUrl) =>
        new()
        {
            TypeUrl = typeUrl,
            VersionInfo = intake.Known.SystemVersionOf(typeUrl),
            ResponseNonce = _nonces.GetValueOrDefault(typeUrl, ""),
            ResourceNames = { _plan.Names(typeUrl) },
        };

    private Task SendAsync(AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> call, DiscoveryRequest request)
    {
        if (!_sentNode)
            request.Node = node;
        _sentNode = true;
        return call.RequestStream.WriteAsync(request);
    }
}
