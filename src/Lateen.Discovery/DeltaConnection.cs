// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Lateen.Translation;
using Lateen.Xds;
using Microsoft.Extensions.Logging;

namespace Lateen.Discovery;

/// <summary>The incremental variant: differences by name, each with its own version.</summary>
internal sealed class DeltaConnection(
    ISnapshotSource source,
    IServerStreamWriter<DeltaDiscoveryResponse> responses,
    string peer,
    TimeProvider time,
    ILogger log,
    Action<ProxyConnection> onIntroduced
) : ProxyConnection(source, peer, time, log, onIntroduced)
{
    private const string Everything = "*";

    public async Task ServeAsync(IAsyncStreamReader<DeltaDiscoveryRequest> requests, CancellationToken stop)
    {
        var running = RunAsync(stop);
        var reading = ReadAsync(requests, stop);
        await Task.WhenAny(running, reading).ConfigureAwait(false);
        End();
        await running.ConfigureAwait(false);
        await reading.ConfigureAwait(false);
    }

    private protected override Task HandleAsync(object request) => HandleAsync((DeltaDiscoveryRequest)request);

    private protected override async Task<bool> WriteAsync(TypeWatch watch, ResourceSet set, bool always)
    {
        var difference = watch.Difference(set);
        if (difference.IsEmpty && !always)
            return false;
        if (watch.TypeUrl == TypeUrls.Cluster)
            OnClustersSent(difference.Changed);
        var response = new DeltaDiscoveryResponse
        {
            TypeUrl = watch.TypeUrl,
            SystemVersionInfo = set.Version,
            Nonce = NextNonce(set.Version),
            RemovedResources = { difference.Removed },
        };
        foreach (var resource in difference.Changed)
            response.Resources.Add(
                new Resource
                {
                    Name = resource.Name,
                    Version = resource.Version,
                    Resource_ = resource.Body,
                }
            );
        watch.OnSent(response.Nonce, set.Version, Now);
        await responses.WriteAsync(response).ConfigureAwait(false);
        return true;
    }

    private async Task HandleAsync(DeltaDiscoveryRequest request)
    {
        Introduce(request.Node);
        var watch = WatchOf(request.TypeUrl, out var isFirst);
        if (isFirst)
        {
            watch.IsWildcard =
                TypeUrls.IsWildcard(request.TypeUrl)
                && (request.ResourceNamesSubscribe.Count == 0 || request.ResourceNamesSubscribe.Contains(Everything));
            watch.Resume(request.InitialResourceVersions);
        }
        else if (request.ResponseNonce.Length > 0 && !Acknowledge(watch, request.ResponseNonce, request.ErrorDetail))
        {
            return;
        }
        if (request.ResourceNamesUnsubscribe.Contains(Everything))
            watch.IsWildcard = false;
        watch.Unsubscribe(request.ResourceNamesUnsubscribe);
        var added = watch.Subscribe(request.ResourceNamesSubscribe.Where(static name => name != Everything));
        if (isFirst || added.Count > 0)
            await AnswerAsync(watch, always: true).ConfigureAwait(false);
    }

    private async Task ReadAsync(IAsyncStreamReader<DeltaDiscoveryRequest> requests, CancellationToken stop)
    {
        while (await requests.MoveNext(stop).ConfigureAwait(false))
            Enqueue(requests.Current);
    }
}
