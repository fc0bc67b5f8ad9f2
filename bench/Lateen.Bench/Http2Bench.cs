// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>
/// HTTP/2 (prior knowledge), 8 connections of 32 streams, 1 KiB responses, to a backend of HTTP/1.1 and to one of HTTP/2:
/// CPU per request of the proxy alone, beside HAProxy and, where it can, nginx. Cores and rounds as in <see cref="Http1Bench"/>.
/// </summary>
internal sealed class Http2Bench(string binary, WorkDirectory directory)
{
    private const int Rounds = 7;
    private const int Seconds = 3;
    private const int WarmUpSeconds = 4;
    private const int Connections = 8;
    private const int Streams = 32;
    private const long SteadyRequests = 200_000;

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
            [
                new("lateen", Http2Peers.LateenPort, lateen.Process),
                new("haproxy", Http2Peers.HaproxyPort, haproxy),
                new("nginx", Http2Peers.NginxPort, nginx),
            ],
            lateen
        );
        await CompareAsync(
            "h2-h2",
            "/h2/items/42?page=2",
            [new("lateen", Http2Peers.LateenPort, lateen.Process), new("haproxy", Http2Peers.HaproxyPort, haproxy)],
            lateen
        );
    }

    private static async Task CompareAsync(string name, string path, Candidate[] candidates, LateenUnderTest lateen)
    {
        foreach (var candidate in candidates)
            await LoadGenerator.RunHttp2Async(1, candidate.Port, path, Connections, Streams, WarmUpSeconds);
        await CountCollectionsAsync(name, path, lateen);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var candidate in round % 2 == 0 ? candidates : candidates.Reverse())
                await MeasureAsync(candidate, path);
        }
        foreach (var peer in candidates[1..])
            Report.Ratio(name, candidates[0], peer);
    }

    private static async Task MeasureAsync(Candidate candidate, string path)
    {
        var before = candidate.Process.CpuTime();
        var requests = await LoadGenerator.RunHttp2Async(1, candidate.Port, path, Connections, Streams, Seconds);
        candidate.Samples.Add((candidate.Process.CpuTime() - before).TotalMicroseconds / requests);
    }

    /// <summary>Garbage collections while 200,000 requests go through a warm proxy.</summary>
    private static async Task CountCollectionsAsync(string name, string path, LateenUnderTest lateen)
    {
        var before = await lateen.StatAsync("lateen.gc_collections");
        var allocatedBefore = await lateen.StatAsync("lateen.gc_allocated_bytes");
        var requests = 0L;
        while (requests < SteadyRequests)
        {
            requests += await LoadGenerator.RunHttp2Async(
                1,
                Http2Peers.LateenPort,
                path,
                Connections,
                Streams,
                Seconds
            );
        }
        var allocated = await lateen.StatAsync("lateen.gc_allocated_bytes") - allocatedBefore;
        var collections = await lateen.StatAsync("lateen.gc_collections") - before;
        Console.WriteLine(
            $"bench={name} gc_collections={collections} requests={requests} allocated_bytes_per_request={allocated / (double)requests:0.00}"
        );
    }
}
