// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text.Json;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>Asks processes of a local mesh how they are.</summary>
internal sealed class ReplicaProbe(Uri monitoring) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(1),
    };

    /// <summary>What of the replica is not ready yet; null when its proxy says it is ready and its program accepts connections.</summary>
    public async Task<string?> NotReadyAsync(Replica replica, CancellationToken cancel)
    {
        if (!await IsReadyAsync(replica, cancel).ConfigureAwait(false))
            return replica.ProxyName;
        foreach (var port in replica.Workload.Ports.Values)
        {
            if (!await AcceptsAsync(new IPEndPoint(replica.AppAddress, port), cancel).ConfigureAwait(false))
                return replica.Name;
        }
        return null;
    }

    /// <summary>Whether the control plane has the address for no service any more. So it is while nobody can be asked.</summary>
    public async Task<bool> IsForgottenAsync(Replica replica, CancellationToken cancel)
    {
        try
        {
            using var page = JsonDocument.Parse(
                await _client.GetStringAsync(new Uri(monitoring, "debug/endpointz"), cancel).ConfigureAwait(false)
            );
            var address = replica.MeshAddress.ToString();
            return page
                .RootElement.EnumerateArray()
                .SelectMany(static service => service.GetProperty("ep").EnumerateArray())
                .All(endpoint => endpoint.GetProperty("address").GetString() != address);
        }
        catch (Exception failure) when (IsAway(failure, cancel))
        {
            return true;
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> IsReadyAsync(Replica replica, CancellationToken cancel)
    {
        try
        {
            using var answer = await _client
                .GetAsync(new Uri($"http://{replica.MeshAddress}:15021/healthz/ready"), cancel)
                .ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (IsAway(failure, cancel))
        {
            return false;
        }
    }

    private static bool IsAway(Exception failure, CancellationToken cancel) =>
        failure is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested;

    private static async Task<bool> AcceptsAsync(IPEndPoint at, CancellationToken cancel)
    {
        using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(at, cancel).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
