// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using Lateen.Config.Sources;
using Lateen.ControlPlane.LocalMesh;

namespace Lateen.Bench;

/// <summary>Resident memory of a proxy with the configuration of Bookinfo: idle, and with 1,000 idle connections that have each served a request.</summary>
internal sealed class MemoryBench(string binary, WorkDirectory directory)
{
    private const int Connections = 1_000;
    private const int GatewayPort = 8080;

    public async Task RunAsync()
    {
        await using var lateen = await LateenUnderTest.StartAsync(binary, directory, Bookinfo());
        await lateen.Process.WaitForAsync("127.0.0.1", GatewayPort);
        // What starting left behind is gone after a moment.
        await Task.Delay(TimeSpan.FromSeconds(3));
        var idle = lateen.Process.ResidentKilobytes();
        var sockets = new List<Socket>();
        for (var i = 0; i < Connections; i++)
            sockets.Add(await OpenAsync());
        await Task.Delay(TimeSpan.FromSeconds(1));
        var loaded = lateen.Process.ResidentKilobytes();
        foreach (var socket in sockets)
            socket.Dispose();
        Console.WriteLine($"bench=memory state=idle lateen={idle / 1024.0:0.0} unit=mb_rss");
        Console.WriteLine(
            $"bench=memory state=idle_connections count={Connections} lateen={(loaded - idle) / (double)Connections:0.00} unit=kb_per_connection"
        );
    }

    private static string Bookinfo()
    {
        var routing = Directory.EnumerateFiles("samples/bookinfo/routing").Select(File.ReadAllText);
        using var workloads = ConfigSource.OfFiles(["samples/bookinfo/workloads.yaml"]);
        workloads.Load();
        return string.Join(
            "\n---\n",
            routing.Append(ReplicaPlan.WorkloadEntries(ReplicaPlan.Of(workloads.Current, [])))
        );
    }

    /// <summary>A connection that has had an answer (404, from the proxy itself) and now does nothing.</summary>
    private static async Task<Socket> OpenAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", GatewayPort);
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"));
        var buffer = new byte[4096];
        if (await socket.ReceiveAsync(buffer) == 0)
            throw new InvalidOperationException("the proxy closed an idle connection");
        return socket;
    }
}
