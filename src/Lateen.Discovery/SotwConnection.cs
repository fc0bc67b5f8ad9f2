// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Lateen.Translation;
using Lateen.Xds;
using Microsoft.Extensions.Logging;

namespace Lateen.Discovery;

/// <summary>The state-of-the-world variant: whole sets of clusters and listeners, changed ones of the rest.</summary>
internal sealed class SotwConnection(
    ISnapshotSource source,
    IServerStreamWriter<DiscoveryResponse> responses,
    ProxyRegistry registry,
    string peer,
    TimeProvider time,
    ILogger log
) : ProxyConnection(source, registry, peer, time, log)
{
    public async Task ServeAsync(IAsyncStreamReader<DiscoveryRequest> requests, CancellationToken stop)
    {
        var running = RunAsync(stop);
        var reading = ReadAsync(requests, stop);
        await Task.WhenAny(running, reading).ConfigureAwait(false);
        End();
        await running.ConfigureAwait(false);
        await reading.ConfigureAwait(false);
    }

    private protected override Task HandleAsync(object request) => HandleAsync((DiscoveryRequest)request);

    private protected override async Task<bool> WriteAsync(TypeWatch watch, ResourceSet set, bool always)
    {
        var difference = watch.Difference(set);
        if (difference.IsEmpty && !always)
            return false;
        if (watch.TypeUrl == TypeUrls.Cluster)
            OnClustersSent(difference.Changed);
        // Of clusters and listeners, what is not named is deleted: they are always sent whole.
        var resources = TypeUrls.IsWildcard(watch.TypeUrl) ? watch.Subscribed(set) : difference.Changed;
        var response = new DiscoveryResponse
        {
            TypeUrl = watch.TypeUrl,
            VersionInfo = set.Version,
            Nonce = NextNonce(set.Version),
            Resources = { resources.Select(static resource => resource.Body) },
        };
        watch.OnSent(
            response.Nonce,
            set.Version,
            Now,
            resources.Select(static resource => resource.Name).Concat(difference.Removed)
        );
        await responses.WriteAsync(response).ConfigureAwait(false);
        return true;
    }

    private async Task HandleAsync(DiscoveryRequest request)
    {
        Introduce(request.Node);
        if (!IsServed(request.TypeUrl))
            return;
        var watch = WatchOf(request.TypeUrl, out var isFirst);
        // Without a nonce the proxy knows of no response: it starts anew, and gets everything.
        var isInitial = isFirst || request.ResponseNonce.Length == 0;
        if (isInitial)
            watch.Restart(TypeUrls.IsWildcard(request.TypeUrl) && request.ResourceNames.Count == 0);
        else if (!Acknowledge(watch, request.ResponseNonce, request.ErrorDetail))
            return;
        var added = watch.Replace(request.ResourceNames);
        if (isInitial || added.Count > 0)
            await AnswerAsync(watch, always: true).ConfigureAwait(false);
    }

    private async Task ReadAsync(IAsyncStreamReader<DiscoveryRequest> requests, CancellationToken stop)
    {
        while (await requests.MoveNext(stop).ConfigureAwait(false))
            Enqueue(requests.Current);
    }
}
