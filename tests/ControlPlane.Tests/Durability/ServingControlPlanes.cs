// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using ControlPlane.Tests.Stores;
using Lateen.Stores.Etcd;

namespace ControlPlane.Tests.Durability;

/// <summary>Two control planes on one etcd, all of them processes of their own.</summary>
internal sealed class ServingControlPlanes : IDisposable
{
    /// <summary>Other processes start and die, which no clock of ours drives: they are asked again after so long.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public ServingControlPlanes(bool writesStatus = false)
    {
        var mesh = Options = Etcd.NewMesh();
        string[] flags =
        [
            "--store",
            $"etcd://{mesh.Endpoints[0].Authority}?prefix={mesh.Prefix}",
            "--api-listen",
            "http://127.0.0.1:0",
        ];
        First = new ServingProcess(flags) { WritesStatus = writesStatus };
        Second = new ServingProcess(flags) { WritesStatus = writesStatus };
    }

    public EtcdServer Etcd { get; } = new();

    /// <summary>Their part of it.</summary>
    public EtcdOptions Options { get; }

    public ServingProcess First { get; }

    public ServingProcess Second { get; }

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>Starts a control plane, and waits until it has reached its store.</summary>
    public async Task StartAsync(ServingProcess plane, CancellationToken stop)
    {
        await plane.StartAsync(stop);
        await UntilAsync(() => IsReadyAsync(plane, stop), stop);
    }

    /// <summary>Waits for what other processes do, which no clock of ours drives.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken stop)
    {
        while (!await condition())
            await Task.Delay(Poll, stop);
    }

    /// <summary>What a control plane lists, in its order, and the revision of the list.</summary>
    public async Task<(IReadOnlyList<WrittenRoute> Routes, string Revision)> ListAsync(
        ServingProcess plane,
        CancellationToken stop
    )
    {
        var list = JsonNode.Parse(await Client.GetStringAsync(new Uri(plane.Address, RouteWriter.Collection), stop))!;
        var routes = list["items"]!.AsArray().Select(static item => WrittenRoute.Of(item!)).ToArray();
        return (routes, (string)list["metadata"]!["resourceVersion"]!);
    }

    public void Dispose()
    {
        Client.Dispose();
        First.Dispose();
        Second.Dispose();
        Etcd.Dispose();
    }

    private async Task<bool> IsReadyAsync(ServingProcess plane, CancellationToken stop)
    {
        try
        {
            using var answer = await Client.GetAsync(new Uri(plane.Address, "readyz"), stop);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // it does not listen yet
        }
    }
}
