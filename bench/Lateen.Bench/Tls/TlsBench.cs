// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench.Tls;

/// <summary>
/// HTTP/1.1 over TLS 1.3 (ECDSA on P-256) to a plaintext backend: requests over 64 connections that stay, and full handshakes,
/// one for each request. Lateen beside HAProxy and nginx.
/// </summary>
internal sealed class TlsBench(string binary, WorkDirectory directory)
{
    private const int Connections = 64;
    private const int HandshakingClients = 4;

    public async Task RunAsync()
    {
        var certificate = BenchCertificate.Create();
        using var backend = await TlsPeers.StartBackendAsync(directory);
        using var haproxy = await TlsPeers.StartHaproxyAsync(directory, certificate);
        using var nginx = await TlsPeers.StartNginxAsync(directory, certificate);
        await using var lateen = await LateenUnderTest.StartAsync(
            binary,
            directory,
            await TlsPeers.StartControlPlaneAsync(certificate)
        );
        await lateen.Process.WaitForAsync("127.0.0.1", TlsPeers.LateenPort);
        await CompareAsync(
            "tls",
            static async (port, seconds) =>
                await LoadGenerator.WrkAsync($"https://127.0.0.1:{port}{LoadGenerator.Path}", Connections, seconds)
        );
        await CompareAsync(
            "tls-handshake",
            static async (port, seconds) => await LoadGenerator.HandshakesAsync(port, HandshakingClients, seconds)
        );

        Task CompareAsync(string name, Func<int, int, Task<double>> load) =>
            new Contest(
                name,
                lateen,
                new Candidate("lateen", TlsPeers.LateenPort, lateen.Process),
                [
                    new Candidate("haproxy", TlsPeers.HaproxyPort, haproxy),
                    new Candidate("nginx", TlsPeers.NginxPort, nginx),
                ],
                load
            ).RunAsync();
    }
}
