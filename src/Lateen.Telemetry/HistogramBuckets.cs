// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Telemetry;

/// <summary>Upper bounds of a histogram's buckets, ascending; a last bucket takes what is above all of them.</summary>
public sealed class HistogramBuckets
{
    private readonly double[] _bounds;
    private readonly string[] _labels;

    public HistogramBuckets(params double[] bounds)
    {
        _bounds = bounds;
        _labels = Array.ConvertAll(
            bounds,
            static bound => bound.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Envoy's default bounds, which Istio uses for durations and sizes alike: 0.5 to 3,600,000.</summary>
    public static HistogramBuckets Default { get; } =
        new(
            0.5,
            1,
            5,
            10,
            25,
            50,
            100,
            250,
            500,
            1000,
            2500,
            5000,
            10_000,
            30_000,
            60_000,
            300_000,
            600_000,
            1_800_000,
            3_600_000
        );

    /// <summary>Bounds plus one.</summary>
    public int Count => _bounds.Length + 1;

    public ReadOnlySpan<double> Bounds => _bounds;

    /// <summary>Values of the <c>le</c> label, without the last <c>+Inf</c>.</summary>
    public ReadOnlySpan<string> Labels => _labels;

    /// <summary>The bucket of a value. Most values are small, so the search starts at the bottom.</summary>
    public int IndexOf(double value)
    {
        var i = 0;
        while (i < _bounds.Length && value > _bounds[i])
            i++;
        return i;
    }
}
