// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Telemetry;

/// <summary>What a sample's number means.</summary>
public enum SampleKind : byte
{
    /// <summary>Only goes up.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>A distribution.</summary>
    Histogram,

    /// <summary>A text, as a version; Prometheus does not see it.</summary>
    Text,
}

/// <summary>One series at one moment, under its two names.</summary>
/// <param name="PlainName">Envoy's dotted name, as <c>cluster.backend.upstream_rq_total</c>.</param>
/// <param name="Family">Prometheus name, as <c>envoy_cluster_upstream_rq_total</c>.</param>
/// <param name="Labels">Prometheus labels without braces, values escaped, as <c>cluster_name="backend"</c>; may be empty.</param>
public readonly record struct Sample(
    string PlainName,
    string Family,
    string Labels,
    SampleKind Kind,
    long Value = 0,
    HistogramSnapshot? Distribution = null,
    string? Text = null
)
{
    /// <summary>A gauge that always has a meaning, its 0 included, as a state's number.</summary>
    public bool IsSet { get; init; }

    /// <summary>True once something was counted, which is what <c>usedonly</c> asks for.</summary>
    public bool IsUsed => IsSet || Kind == SampleKind.Text || Value != 0 || Distribution is { Count: > 0 };
}
