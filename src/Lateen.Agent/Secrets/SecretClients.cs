// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Envoy.Config.Core.V3;
using Lateen.Agent.Discovery;
using Lateen.Core;
using Lateen.Net;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Agent.Secrets;

/// <summary>
/// Asks servers of their own for the secrets that configuration names with them: Istio's agent on its Unix socket, or any other SDS
/// server. A secret that came stays in force when its server goes.
/// </summary>
/// <param name="agent">Where <c>sds-grpc</c> is, which Istio's bootstrap defines, when no cluster of that name is configured.</param>
internal sealed class SecretClients(
    ConfigStore store,
    Published<ProxyRuntime> runtime,
    Node node,
    NetAddress agent,
    ILogSink log,
    TimeProvider time
)
{
    public const string AgentCluster = "sds-grpc";

    private readonly Dictionary<ServedSecret, (CancellationTokenSource Stop, Task Running)> _streams = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        store.Changed += OnChanged;
        try
        {
            while (true)
            {
                await FollowAsync(store.ServedSecrets).ConfigureAwait(false);
                await _wake.Reader.ReadAsync(stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy stops.
        }
        finally
        {
            store.Changed -= OnChanged;
            await FollowAsync(new HashSet<ServedSecret>()).ConfigureAwait(false);
        }
    }

    private void OnChanged(ProxyRuntime runtime) => _wake.Writer.TryWrite(true);

    /// <summary>Starts a stream for each secret that is new, and ends those that nobody names any more.</summary>
    private async Task FollowAsync(IReadOnlySet<ServedSecret> named)
    {
        foreach (var (secret, stream) in _streams.ToArray())
        {
            if (named.Contains(secret))
                continue;
            _streams.Remove(secret);
            await stream.Stop.CancelAsync().ConfigureAwait(false);
            await stream.Running.ConfigureAwait(false);
            stream.Stop.Dispose();
        }
        foreach (var secret in named)
        {
            if (_streams.ContainsKey(secret))
                continue;
            var stop = new CancellationTokenSource();
            _streams[secret] = (stop, KeepAsync(secret, stop.Token));
        }
    }

    private Task KeepAsync(ServedSecret secret, CancellationToken stop)
    {
        var stream = new SecretStream(store, secret, node);
        var peer = $"the SDS server at {secret.Server} for {secret.Name}";
        var reconnection = new Reconnection(peer, "secret", new Backoff(Random.Shared), log, time);
        return reconnection.RunAsync(
            async cancel =>
                await stream.RunAsync(AddressOf(secret.Server), reconnection.OnResponse, cancel).ConfigureAwait(false),
            stop
        );
    }

    /// <exception cref="InvalidOperationException">There is none now; the message says why.</exception>
    private NetAddress AddressOf(SecretServer server)
    {
        if (SecretTarget.TryParse(server.Target, out var address))
            return address;
        if (!runtime.Current.Clusters.TryGetValue(server.Cluster, out var cluster))
        {
            return server.Cluster == AgentCluster
                ? agent
                : throw new InvalidOperationException($"no cluster {server.Cluster} is in force");
        }
        if (cluster.Sockets.Default.IsTls)
            throw new InvalidOperationException(
                $"cluster {server.Cluster} wants TLS, which is not served towards an SDS server"
            );
        return cluster.Endpoints.Count > 0
            ? cluster.Endpoints[0].State.Address
            : throw new InvalidOperationException($"cluster {server.Cluster} has no endpoint");
    }
}
