// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Rpc;
using Grpc.Core;
using Lateen.Xds;

namespace Lateen.Agent.Discovery;

/// <summary>One stream of the incremental variant of ADS, from connection to failure.</summary>
internal sealed class DeltaSession(ResourceIntake intake, Node node)
{
    private readonly SubscriptionPlan _plan = new(intake.Consumer, intake.Known);
    private bool _sentNode;

    /// <summary>Runs until the stream ends, which is always a failure.</summary>
    public async Task RunAsync(
        AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call,
        Action onResponse,
        CancellationToken stop
    )
    {
        using var turns = new SessionTurns(intake.Consumer);
        await SendAsync(call, FirstRequest(TypeUrls.Cluster, [])).ConfigureAwait(false);
        foreach (var change in _plan.Resume())
            await SubscribeAsync(call, change).ConfigureAwait(false);
        while (
            await turns.NextAsync(call.ResponseStream, stop).ConfigureAwait(false) is var turn
            && turn != SessionTurn.End
        )
        {
            if (turn == SessionTurn.GivenUp)
            {
                foreach (var change in _plan.AfterGivingUp())
                    await SubscribeAsync(call, change).ConfigureAwait(false);
                continue;
            }
            onResponse();
            var response = call.ResponseStream.Current;
            var update = new ResourceUpdate(
                response.TypeUrl,
                response.SystemVersionInfo,
                response
                    .Resources.Select(static resource => new NamedResource(
                        resource.Name,
                        resource.Version,
                        resource.Resource_
                    ))
                    .ToArray(),
                response.RemovedResources,
                IsWhole: false
            );
            var rejections = intake.Take(update);
            await SendAsync(call, Acknowledge(response, rejections)).ConfigureAwait(false);
            foreach (var change in _plan.After(update))
                await SubscribeAsync(call, change).ConfigureAwait(false);
        }
    }

    private async Task SubscribeAsync(
        AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call,
        SubscriptionChange change
    )
    {
        intake.Forget(change.TypeUrl, change.Removed);
        var isFirst = _plan.Names(change.TypeUrl).Count == change.Added.Count;
        var request = isFirst
            ? FirstRequest(change.TypeUrl, change.Added)
            : new DeltaDiscoveryRequest { TypeUrl = change.TypeUrl, ResourceNamesSubscribe = { change.Added } };
        request.ResourceNamesUnsubscribe.AddRange(change.Removed);
        await SendAsync(call, request).ConfigureAwait(false);
    }

    /// <summary>The first request of a type says what is here already, so that only differences come.</summary>
    private DeltaDiscoveryRequest FirstRequest(string typeUrl, IReadOnlyList<string> names)
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = typeUrl, ResourceNamesSubscribe = { names } };
        foreach (var (name, version) in intake.Known.Of(typeUrl))
        {
            if (names.Count == 0 || names.Contains(name))
                request.InitialResourceVersions[name] = version;
        }
        return request;
    }

    private static DeltaDiscoveryRequest Acknowledge(
        DeltaDiscoveryResponse response,
        IReadOnlyList<ResourceRejection> rejections
    ) =>
        new()
        {
            TypeUrl = response.TypeUrl,
            ResponseNonce = response.Nonce,
            ErrorDetail = ResourceIntake.ErrorOf(rejections),
        };

    private Task SendAsync(
        AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call,
        DeltaDiscoveryRequest request
    )
    {
        if (!_sentNode)
            request.Node = node;
        _sentNode = true;
        return call.RequestStream.WriteAsync(request);
    }
}
