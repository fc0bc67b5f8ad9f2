// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>
/// One kind of load on several proxies in turns: how much CPU time each takes for a unit of work. Proxies run on core 0,
/// backend and load on core 1; rounds are interleaved, every other one in reverse order, so that a noisy neighbour meets all
/// of them alike.
/// </summary>
/// <param name="name">Of the lines printed.</param>
/// <param name="ours">Lateen.</param>
/// <param name="peers">Whom it is compared with.</param>
/// <param name="load">Loads what listens on a port for some seconds, and says how much work was done.</param>
internal sealed class Contest(
    string name,
    LateenUnderTest lateen,
    Candidate ours,
    IReadOnlyList<Candidate> peers,
    Func<int, int, Task<double>> load
)
{
    private const int WarmUpSeconds = 4;

    public int Rounds { get; init; } = 7;

    public int Seconds { get; init; } = 2;

    /// <summary>How long garbage collections are counted, in a steady state.</summary>
    public int SteadySeconds { get; init; } = 10;

    public Unit Unit { get; init; } = Unit.Request;

    /// <summary>Measures, and prints a line for garbage collections and one for each peer.</summary>
    public async Task RunAsync()
    {
        Candidate[] all = [ours, .. peers];
        foreach (var candidate in all)
            await load(candidate.Port, WarmUpSeconds);
        await CountCollectionsAsync();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var candidate in round % 2 == 0 ? all : all.Reverse())
                await MeasureAsync(candidate);
        }
        foreach (var peer in peers)
            Report.Ratio(name, ours, peer, Unit);
    }

    private async Task MeasureAsync(Candidate candidate)
    {
        var before = candidate.Process.CpuTime();
        var work = await load(candidate.Port, Seconds);
        candidate.Samples.Add((candidate.Process.CpuTime() - before) / work);
    }

    /// <summary>One long run over connections that stay; what asking for the numbers allocates is left out.</summary>
    private async Task CountCollectionsAsync()
    {
        var first = await lateen.GarbageAsync();
        var before = await lateen.GarbageAsync();
        var work = await load(ours.Port, SteadySeconds);
        var after = await lateen.GarbageAsync();
        var allocated = after.AllocatedBytes - before.AllocatedBytes - (before.AllocatedBytes - first.AllocatedBytes);
        Console.WriteLine(
            $"bench={name} gc_collections={after.Collections - before.Collections} {Unit.Plural}={work:0} "
                + $"allocated_bytes_per_{Unit.Singular}={Math.Max(0, allocated) / work:0.00}"
        );
    }
}
