// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Lateen.Telemetry;

/// <summary>Prometheus's text exposition format 0.0.4: families in order of their names, samples of a family together.</summary>
public static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<Sample> samples)
    {
        var text = new StringBuilder();
        string? family = null;
        foreach (var sample in samples.OrderBy(static sample => sample.Family, StringComparer.Ordinal))
        {
            if (sample.Kind == SampleKind.Text)
                continue;
            if (sample.Family != family)
            {
                family = sample.Family;
                text.Append("# TYPE ").Append(family).Append(' ').Append(TypeOf(sample.Kind)).Append('\n');
            }
            if (sample.Distribution is { } distribution)
                WriteHistogram(text, sample, distribution);
            else
                WriteLine(text, sample.Family, "", sample.Labels, sample.Value);
        }
        return text.ToString();
    }

    private static string TypeOf(SampleKind kind) =>
        kind switch
        {
            SampleKind.Counter => "counter",
            SampleKind.Histogram => "histogram",
            _ => "gauge",
        };

    private static void WriteHistogram(StringBuilder text, in Sample sample, HistogramSnapshot distribution)
    {
        var separator = sample.Labels.Length > 0 ? "," : "";
        var cumulated = 0L;
        for (var i = 0; i < distribution.Counts.Length; i++)
        {
            cumulated += distribution.Counts[i];
            var bound = i < distribution.Buckets.Labels.Length ? distribution.Buckets.Labels[i] : "+Inf";
            WriteLine(text, sample.Family, "_bucket", $"{sample.Labels}{separator}le=\"{bound}\"", cumulated);
        }
        WriteLine(text, sample.Family, "_sum", sample.Labels, distribution.Sum);
        WriteLine(text, sample.Family, "_count", sample.Labels, cumulated);
    }

    private static void WriteLine(StringBuilder text, string family, string suffix, string labels, long value)
    {
        text.Append(family).Append(suffix);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
