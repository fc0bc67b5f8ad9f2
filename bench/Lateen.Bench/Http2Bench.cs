// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>
/// HTTP/2 (prior knowledge), 8 connections of 32 streams, 1 KiB responses, to a backend of HTTP/1.1 and to one of HTTP/2:
/// Lateen beside HAProxy and, where it can, nginx.
/// </summary>
internal sealed class Http2Bench(string binary, WorkDirectory directory)
{
    private const int Connections = 8;
    private const int Streams = 32;

    public async Task RunAsync()
    {
        using var backend = await Http2Peers.StartBackendAsync(directory);
        using var haproxy = await Http2Peers.StartHaproxyAsync(directory);
        using var nginx = await Http2Peers.StartNginxAsync(directory);
        await using var lateen = await LateenUnderTest.StartAsync(binary, directory, Http2Peers.Mesh);
        await lateen.Process.WaitForAsync("127.0.0.1", Http2Peers.LateenPort);
        await CompareAsync(
            "h2-h1",
            "/h1/items/42?page=2",
            lateen,
            [
                new Candidate("haproxy", Http2Peers.HaproxyPort, haproxy),
                new Candidate("nginx", Http2Peers.NginxPort, nginx),
            ]
        );
        await CompareAsync(
            "h2-h2",
            "/h2/items/42?page=2",
            lateen,
            [new Candidate("haproxy", Http2Peers.HaproxyPort, haproxy)]
        );
    }

    private static Task CompareAsync(string name, string path, LateenUnderTest lateen, Candidate[] peers) =>
        new Contest(
            name,
            lateen,
            new Candidate("lateen", Http2Peers.LateenPort, lateen.Process),
            peers,
            async (port, seconds) =>
                await LoadGenerator.Http2Async($"http://127.0.0.1:{port}{path}", Connections, Streams, seconds)
        ).RunAsync();
}
