// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>A proxy with what was measured of it: CPU time for a unit of work, a number a round.</summary>
internal sealed record Candidate(string Name, int Port, ChildProcess Process)
{
    public List<TimeSpan> Samples { get; init; } = [];
}

/// <summary>What work is counted in.</summary>
internal sealed record Unit(string Singular, string Plural, string CpuUnit, Func<TimeSpan, double> Cpu)
{
    public static Unit Request { get; } =
        new("request", "requests", "cpu_us_per_request", static time => time.TotalMicroseconds);

    public static Unit Gibibyte { get; } = new("gib", "gib", "cpu_ms_per_gib", static time => time.TotalMilliseconds);
}

/// <summary>The lines a bench ends in.</summary>
internal static class Report
{
    /// <summary>Ours over theirs: the median of the ratios of paired rounds, with the lowest and the highest.</summary>
    public static void Ratio(string bench, Candidate ours, Candidate theirs, Unit unit)
    {
        var ratios = ours.Samples.Zip(theirs.Samples, static (a, b) => a / b).Order().ToList();
        Console.WriteLine(
            $"bench={bench} peer={theirs.Name} ratio={Median(ratios):0.00} min={ratios[0]:0.00} max={ratios[^1]:0.00} "
                + $"lateen={Median(ours.Samples.Select(unit.Cpu)):0.0} other={Median(theirs.Samples.Select(unit.Cpu)):0.0} unit={unit.CpuUnit}"
        );
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1
            ? sorted[sorted.Count / 2]
            : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
