// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>
/// HTTP/1.1, 64 connections, 1 KiB responses, keep-alive on both sides: CPU per request of the proxy alone, beside HAProxy
/// and nginx with the same work to do. Proxies on core 0, backend and load on core 1; rounds interleaved, every other one
/// in reverse order, so that a noisy neighbour meets all of them alike.
/// </summary>
internal sealed class Http1Bench(string binary, WorkDirectory directory)
{
    private const int Rounds = 7;
    private const int Seconds = 3;
    private const int WarmUpSeconds = 4;
    private const int Connections = 64;
    private const long SteadyRequests = 200_000;

    public async Task RunAsync()
    {
        using var backend = await PeerConfigs.StartBackendAsync(directory);
        using var haproxy = await PeerConfigs.StartHaproxyAsync(directory);
        using var nginx = await PeerConfigs.StartNginxAsync(directory);
        await using var lateen = await LateenUnderTest.StartAsync(binary, directory, PeerConfigs.Mesh);
        await lateen.Process.WaitForAsync("127.0.0.1", PeerConfigs.LateenPort);
        var candidates = new Candidate[]
        {
            new("lateen", PeerConfigs.LateenPort, lateen.Process),
            new("haproxy", PeerConfigs.HaproxyPort, haproxy),
            new("nginx", PeerConfigs.NginxPort, nginx),
        };
        foreach (var candidate in candidates)
            await LoadGenerator.RunAsync(1, candidate.Port, Connections, WarmUpSeconds);
        await CountCollectionsAsync(lateen);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var candidate in round % 2 == 0 ? candidates : candidates.Reverse())
                await MeasureAsync(candidate);
        }
        Report.Ratio("http1", candidates[0], candidates[1]);
        Report.Ratio("http1", candidates[0], candidates[2]);
    }

    private static async Task MeasureAsync(Candidate candidate)
    {
        var before = candidate.Process.CpuTime();
        var requests = await LoadGenerator.RunAsync(1, candidate.Port, Connections, Seconds);
        candidate.Samples.Add((candidate.Process.CpuTime() - before).TotalMicroseconds / requests);
    }

    /// <summary>Garbage collections while 200,000 requests go through a warm proxy.</summary>
    private static async Task CountCollectionsAsync(LateenUnderTest lateen)
    {
        var before = await lateen.StatAsync("lateen.gc_collections");
        var allocatedBefore = await lateen.StatAsync("lateen.gc_allocated_bytes");
        var requests = 0L;
        while (requests < SteadyRequests)
            requests += await LoadGenerator.RunAsync(1, PeerConfigs.LateenPort, Connections, Seconds);
        var allocated = await lateen.StatAsync("lateen.gc_allocated_bytes") - allocatedBefore;
        var collections = await lateen.StatAsync("lateen.gc_collections") - before;
        Console.WriteLine(
            $"bench=http1 gc_collections={collections} requests={requests} allocated_bytes_per_request={allocated / (double)requests:0.00}"
        );
    }
}
