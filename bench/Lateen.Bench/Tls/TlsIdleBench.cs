// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Lateen.Bench.Tls;

/// <summary>
/// What an idle TLS connection costs in resident memory, OpenSSL's share included: 10,000 connections that have each had an
/// answer, from the proxy itself, and now do nothing. Beside HAProxy and nginx.
/// </summary>
internal sealed class TlsIdleBench(string binary, WorkDirectory directory)
{
    private const int Connections = 10_000;
    private const int AtATime = 32;

    /// <summary>Opened before the first look: code and libraries that TLS needs are there then, and are no connection's cost.</summary>
    private const int WarmUpConnections = 200;

    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(3);

    [SuppressMessage("Security", "CA5359", Justification = "The certificate is the bench's own, signed by itself.")]
    private static readonly SslClientAuthenticationOptions s_options = new()
    {
        TargetHost = "bench.local",
        EnabledSslProtocols = SslProtocols.Tls13,
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };

    public async Task RunAsync()
    {
        var certificate = BenchCertificate.Create();
        using var backend = await TlsPeers.StartBackendAsync(directory);
        await using var lateen = await LateenUnderTest.StartAsync(
            binary,
            directory,
            await TlsPeers.StartControlPlaneAsync(certificate)
        );
        await lateen.Process.WaitForAsync("127.0.0.1", TlsPeers.LateenPort);
        var ours = await MeasureAsync(lateen.Process, TlsPeers.LateenPort);
        using (var haproxy = await TlsPeers.StartHaproxyAsync(directory, certificate))
            Print("haproxy", ours, await MeasureAsync(haproxy, TlsPeers.HaproxyPort));
        using (var nginx = await TlsPeers.StartNginxAsync(directory, certificate))
            Print("nginx", ours, await MeasureAsync(nginx, TlsPeers.NginxPort));
    }

    private static void Print(string peer, double ours, double theirs) =>
        Console.WriteLine(
            $"bench=tls-idle count={Connections} peer={peer} ratio={ours / theirs:0.00} lateen={ours:0.0} other={theirs:0.0} unit=kb_per_connection"
        );

    private static async Task<double> MeasureAsync(ChildProcess process, int port)
    {
        CloseAll(await OpenAsync(port, WarmUpConnections));
        await Task.Delay(s_settle);
        var before = process.ResidentKilobytes();
        var connections = await OpenAsync(port, Connections);
        await Task.Delay(s_settle);
        var after = process.ResidentKilobytes();
        CloseAll(connections);
        return (after - before) / (double)Connections;
    }

    private static async Task<SslStream[]> OpenAsync(int port, int count)
    {
        var connections = new SslStream[count];
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime },
            async (i, _) => connections[i] = await OpenOneAsync(port, i)
        );
        return connections;
    }

    /// <summary>A connection that has had its answer.</summary>
    private static async Task<SslStream> OpenOneAsync(int port, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // Several source addresses: one alone may run out of ports.
        socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.0.{2 + (number % 4)}"), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(s_options);
        await stream.WriteAsync("GET /nothing HTTP/1.1\r\nHost: bench.local\r\n\r\n"u8.ToArray());
        var buffer = new byte[4096];
        if (await stream.ReadAsync(buffer) == 0)
            throw new InvalidOperationException($"the proxy on port {port} closed an idle connection");
        return stream;
    }

    private static void CloseAll(SslStream[] connections)
    {
        foreach (var connection in connections)
            connection.Dispose();
    }
}
