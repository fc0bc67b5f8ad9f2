// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Observability;

/// <summary>Metrics.</summary>
public sealed record Metrics
{
    /// <summary>Where they go; the mesh's default providers when empty.</summary>
    public IReadOnlyList<ProviderRef> Providers { get; init; } = [];

    /// <summary>Changes to single metrics, in order.</summary>
    public IReadOnlyList<MetricsOverride> Overrides { get; init; } = [];

    /// <summary>Time between reports of TCP connections: 5 s.</summary>
    public TimeSpan? ReportingInterval { get; init; }
}

/// <summary>Changes to metrics.</summary>
public sealed record MetricsOverride
{
    /// <summary>The metrics that change; all when it is not there.</summary>
    public MetricSelector? Match { get; init; }

    /// <summary>Turns them off; as one level above when it is not there.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Labels that are added, changed or removed, by name.</summary>
    public IReadOnlyDictionary<string, TagOverride> TagOverrides { get; init; } = new Dictionary<string, TagOverride>();
}

/// <summary>Selects metrics.</summary>
public sealed record MetricSelector
{
    /// <summary>One of Istio's.</summary>
    [OneOf("metric_match")]
    public IstioMetric? Metric { get; init; }

    /// <summary>Another one, by name.</summary>
    [OneOf("metric_match")]
    public string? CustomMetric { get; init; }

    /// <summary>CLIENT_AND_SERVER by default.</summary>
    public WorkloadMode Mode { get; init; }
}

/// <summary>Istio's metrics.</summary>
public enum IstioMetric : byte
{
    /// <summary>All of them.</summary>
    AllMetrics,

    /// <summary><c>istio_requests_total</c>.</summary>
    RequestCount,

    /// <summary><c>istio_request_duration_milliseconds</c>.</summary>
    RequestDuration,

    /// <summary><c>istio_request_bytes</c>.</summary>
    RequestSize,

    /// <summary><c>istio_response_bytes</c>.</summary>
    ResponseSize,

    /// <summary><c>istio_tcp_connections_opened_total</c>.</summary>
    TcpOpenedConnections,

    /// <summary><c>istio_tcp_connections_closed_total</c>.</summary>
    TcpClosedConnections,

    /// <summary><c>istio_tcp_sent_bytes_total</c>.</summary>
    TcpSentBytes,

    /// <summary><c>istio_tcp_received_bytes_total</c>.</summary>
    TcpReceivedBytes,

    /// <summary><c>istio_request_messages_total</c>.</summary>
    GrpcRequestMessages,

    /// <summary><c>istio_response_messages_total</c>.</summary>
    GrpcResponseMessages,
}

/// <summary>A change to a label.</summary>
public sealed record TagOverride
{
    /// <summary>UPSERT by default.</summary>
    public TagOperation Operation { get; init; }

    /// <summary>CEL over Envoy's attributes; for UPSERT.</summary>
    public string Value { get; init; } = "";
}

/// <summary>What happens to a label.</summary>
public enum TagOperation : byte
{
    /// <summary>It is added, or its value replaced.</summary>
    Upsert,

    /// <summary>It is left out.</summary>
    Remove,
}
