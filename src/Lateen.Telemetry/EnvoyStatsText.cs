// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lateen.Telemetry;

/// <summary>Envoy's own formats of <c>/stats</c>: <c>name: value</c> lines in order of the names, or JSON.</summary>
public static class EnvoyStatsText
{
    // The quantiles that Envoy prints.
    private static readonly double[] s_quantiles = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1];

    public static string Write(IEnumerable<Sample> samples)
    {
        var text = new StringBuilder();
        foreach (var sample in InOrder(samples))
            text.Append(sample.PlainName).Append(": ").Append(ValueOf(sample)).Append('\n');
        return text.ToString();
    }

    /// <summary><c>{"stats":[{"name":…,"value":…},…]}</c></summary>
    public static string WriteJson(IEnumerable<Sample> samples)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("stats");
            foreach (var sample in InOrder(samples))
            {
                json.WriteStartObject();
                json.WriteString("name", sample.PlainName);
                if (sample.Kind is SampleKind.Counter or SampleKind.Gauge)
                    json.WriteNumber("value", sample.Value);
                else
                    json.WriteString("value", ValueOf(sample));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static IEnumerable<Sample> InOrder(IEnumerable<Sample> samples) =>
        samples.OrderBy(static sample => sample.PlainName, StringComparer.Ordinal);

    private static string ValueOf(in Sample sample)
    {
        if (sample.Kind == SampleKind.Text)
            return $"\"{sample.Text}\"";
        if (sample.Distribution is not { } distribution)
            return sample.Value.ToString(CultureInfo.InvariantCulture);
        if (distribution.Count == 0)
            return "No recorded values";
        // Envoy writes each quantile as P99(of the last interval, since the start); here both are since the start.
        return string.Join(
            ' ',
            s_quantiles.Select(share =>
            {
                var value = distribution.Quantile(share);
                return string.Create(CultureInfo.InvariantCulture, $"P{share * 100:0.#}({value:0.##},{value:0.##})");
            })
        );
    }
}
