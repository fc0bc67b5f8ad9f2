// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Telemetry;

/// <summary>The numbers of one thing, as of the cluster <c>backend</c>, with the names they are shown under.</summary>
public sealed class StatScope(StatTable table, string name, int workers)
{
    private readonly string _prefix = name.Length == 0 ? $"{table.PlainKind}." : $"{table.PlainKind}.{name}.";
    private readonly string _family = $"envoy_{table.PlainKind}_";

    // Istio's alt_stat_name ends in a semicolon, so that tags can be cut off there.
    private readonly string _label =
        table.LabelName.Length == 0 ? "" : Labels.Of(table.LabelName, name.EndsWith(';') ? name[..^1] : name);

    public WorkerCells Cells { get; } = new(workers, table.Definitions.Length);

    /// <summary>Adds a sample for each number.</summary>
    public void Collect(List<Sample> samples)
    {
        for (var i = 0; i < table.Definitions.Length; i++)
            Collect(table.Definitions[i], Cells.Sum(i), samples);
    }

    /// <summary>Adds a number that is counted elsewhere, with the names it is defined by.</summary>
    public void Collect(in StatDefinition definition, long value, List<Sample> samples) =>
        samples.Add(
            new Sample(
                _prefix + definition.Name,
                Family(definition.FamilyName ?? definition.Name),
                Join(definition.Label),
                definition.Kind,
                value
            )
        );

    /// <summary>Adds a distribution that is recorded elsewhere, with the names it is defined by.</summary>
    public void Collect(in StatDefinition definition, HistogramSnapshot distribution, List<Sample> samples) =>
        samples.Add(
            new Sample(
                _prefix + definition.Name,
                Family(definition.FamilyName ?? definition.Name),
                Join(definition.Label),
                SampleKind.Histogram,
                Distribution: distribution
            )
        );

    /// <summary>Adds a distribution that belongs to the thing.</summary>
    public void Collect(string statName, WorkerHistogram histogram, List<Sample> samples) =>
        samples.Add(
            new Sample(
                _prefix + statName,
                Family(statName),
                _label,
                SampleKind.Histogram,
                Distribution: histogram.Snapshot()
            )
        );

    /// <summary>Adds a number that is known elsewhere.</summary>
    public void Collect(string statName, SampleKind kind, long value, List<Sample> samples) =>
        samples.Add(new Sample(_prefix + statName, Family(statName), _label, kind, value));

    /// <summary>Prometheus has no dots in names.</summary>
    private string Family(string name) => _family + name.Replace('.', '_');

    private string Join(string? extra)
    {
        if (extra is null)
            return _label;
        return _label.Length == 0 ? extra : $"{extra},{_label}";
    }
}
