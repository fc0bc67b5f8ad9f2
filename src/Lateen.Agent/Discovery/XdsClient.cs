// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Grpc.Net.Client;
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
    private int _connected;

    /// <summary>Whether a stream has brought something and not broken since (Envoy <c>control_plane.connected_state</c>).</summary>
    public bool IsConnected => Volatile.Read(ref _connected) != 0;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await RunStreamAsync(stop).ConfigureAwait(false);
                log.Write(LogLevel.Warn, "xds", "the control plane closed the stream; serving on");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is RpcException or IOException or InvalidOperationException)
            {
                if (stop.IsCancellationRequested)
                    return;
                var why = failure is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : failure.Message;
                log.Write(LogLevel.Warn, "xds", $"lost the control plane at {server.Authority}: {why}; serving on");
            }
            Volatile.Write(ref _connected, 0);
            await WaitAsync(backoff.Next(), stop).ConfigureAwait(false);
        }
    }

    private async Task RunStreamAsync(CancellationToken stop)
    {
        // A channel for each stream: nothing of a broken connection lives on.
        using var channel = GrpcChannel.ForAddress(
            server,
            new GrpcChannelOptions
            {
                HttpHandler = Handler(),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = null,
            }
        );
        var client = new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel);
        if (useDelta)
        {
            using var call = client.DeltaAggregatedResources(cancellationToken: stop);
            await new DeltaSession(intake, node).RunAsync(call, OnResponse, stop).ConfigureAwait(false);
        }
        else
        {
            using var call = client.StreamAggregatedResources(cancellationToken: stop);
            await new SotwSession(intake, node).RunAsync(call, OnResponse, stop).ConfigureAwait(false);
        }
    }

    private void OnResponse()
    {
        backoff.Reset();
        if (Interlocked.Exchange(ref _connected, 1) == 0)
            log.Write(LogLevel.Info, "xds", $"connected to the control plane at {server.Authority}");
    }

    private static SocketsHttpHandler Handler() =>
        new()
        {
            // The control plane is never behind the proxy that the environment may name for applications.
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            EnableMultipleHttp2Connections = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
        };

    private async Task WaitAsync(TimeSpan wait, CancellationToken stop)
    {
        try
        {
            await Task.Delay(wait, time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }
}
