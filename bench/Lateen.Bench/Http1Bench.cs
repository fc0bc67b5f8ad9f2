// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>HTTP/1.1, 64 connections, 1 KiB responses, keep-alive on both sides: Lateen, HAProxy and nginx with the same work to do.</summary>
internal sealed class Http1Bench(string binary, WorkDirectory directory)
{
    private const int Connections = 64;

    public async Task RunAsync()
    {
        using var backend = await PeerConfigs.StartBackendAsync(directory);
        using var haproxy = await PeerConfigs.StartHaproxyAsync(directory);
        using var nginx = await PeerConfigs.StartNginxAsync(directory);
        await using var lateen = await LateenUnderTest.StartAsync(binary, directory, PeerConfigs.Mesh);
        await lateen.Process.WaitForAsync("127.0.0.1", PeerConfigs.LateenPort);
        var contest = new Contest(
            "http1",
            lateen,
            new Candidate("lateen", PeerConfigs.LateenPort, lateen.Process),
            [
                new Candidate("haproxy", PeerConfigs.HaproxyPort, haproxy),
                new Candidate("nginx", PeerConfigs.NginxPort, nginx),
            ],
            static async (port, seconds) =>
                await LoadGenerator.WrkAsync($"http://127.0.0.1:{port}{LoadGenerator.Path}", Connections, seconds)
        );
        await contest.RunAsync();
    }
}
