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
    ProxyRegistry registry,
    string peer,
    TimeProvider time,
    ILogger log
) : ProxyConnection(source, registry, peer, time, log)
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
        watch.OnSent(response.Nonce, set.Version, Now, difference.Names);
        await responses.WriteAsync(response).ConfigureAwait(false);
        return true;
    }

    private async Task HandleAsync(DeltaDiscoveryRequest request)
    {
        Introduce(request.Node);
        if (!IsServed(request.TypeUrl))
            return;
        var watch = WatchOf(request.TypeUrl, out var isFirst);
        // An old nonce says nothing about the response; what is asked for beside it was never said otherwise.
        if (request.ResponseNonce.Length > 0)
            Acknowledge(watch, request.ResponseNonce, request.ErrorDetail);
        var waits = Subscribe(watch, request, isFirst);
        if (isFirst)
            watch.Resume(request.InitialResourceVersions);
        if (waits)
            await AnswerAsync(watch, always: true).ConfigureAwait(false);
    }

    /// <summary>Changes what is watched; true when the proxy now waits for an answer.</summary>
    private static bool Subscribe(TypeWatch watch, DeltaDiscoveryRequest request, bool isFirst)
    {
        var names = request.ResourceNamesSubscribe.Where(static name => name != Everything).ToList();
        var asksAll = request.ResourceNamesSubscribe.Contains(Everything) || (isFirst && names.Count == 0);
        if (asksAll && TypeUrls.IsWildcard(watch.TypeUrl))
            watch.IsWildcard = true;
        // Both in one request is "nothing by name yet".
        if (request.ResourceNamesUnsubscribe.Contains(Everything))
            watch.IsWildcard = false;
        watch.Unsubscribe(request.ResourceNamesUnsubscribe);
        // Who asks again for what he has, has lost it (xDS protocol, "Resource Hints").
        if (asksAll)
            watch.ForgetAll();
        watch.Forget(names);
        watch.Subscribe(names);
        return isFirst || names.Count > 0 || request.ResourceNamesSubscribe.Count > names.Count;
    }

    private async Task ReadAsync(IAsyncStreamReader<DeltaDiscoveryRequest> requests, CancellationToken stop)
    {
        while (await requests.MoveNext(stop).ConfigureAwait(false))
            Enqueue(requests.Current);
    }
}
