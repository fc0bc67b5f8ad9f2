// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lateen.Discovery;

/// <summary>Envoy's aggregated discovery service, both variants.</summary>
public sealed class AdsService(
    ISnapshotSource source,
    ProxyRegistry registry,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<AdsService> log
) : AggregatedDiscoveryService.AggregatedDiscoveryServiceBase
{
    public override Task DeltaAggregatedResources(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream,
        IServerStreamWriter<DeltaDiscoveryResponse> responseStream,
        ServerCallContext context
    )
    {
        var connection = new DeltaConnection(source, responseStream, registry, context.Peer, time, log);
        return ServeAsync(connection, stop => connection.ServeAsync(requestStream, stop), context);
    }

    public override Task StreamAggregatedResources(
        IAsyncStreamReader<DiscoveryRequest> requestStream,
        IServerStreamWriter<DiscoveryResponse> responseStream,
        ServerCallContext context
    )
    {
        var connection = new SotwConnection(source, responseStream, registry, context.Peer, time, log);
        return ServeAsync(connection, stop => connection.ServeAsync(requestStream, stop), context);
    }

    private async Task ServeAsync(
        ProxyConnection connection,
        Func<CancellationToken, Task> serve,
        ServerCallContext context
    )
    {
        // A stopping control plane ends its streams: its proxies go to another one, or wait.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken,
            lifetime.ApplicationStopping
        );
        try
        {
            await serve(stop.Token).ConfigureAwait(false);
        }
        catch (Exception) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "this control plane stops; try another one"));
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            // The proxy went away, in whatever way that came to light; it is no error of ours.
        }
        finally
        {
            registry.Remove(connection);
        }
    }
}
