// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Health.Checks;

/// <summary>How and how often endpoints are asked for their health (Envoy <c>core.v3.HealthCheck</c>), decoded and checked.</summary>
public sealed record HealthCheckSpec
{
    /// <summary>What is asked.</summary>
    public required ProbeSpec Probe { get; init; }

    /// <summary><c>timeout</c> of one check, the connection included.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary><c>interval</c> from one check's end to the next one's start.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary><c>unhealthy_threshold</c>: failures in a row that count; answers that say so count at once.</summary>
    public required uint UnhealthyThreshold { get; init; }

    /// <summary><c>healthy_threshold</c>: successes in a row that count; the first check ever counts at once.</summary>
    public required uint HealthyThreshold { get; init; }

    /// <summary><c>initial_jitter</c>: up to this much before the first check; 0.</summary>
    public TimeSpan InitialJitter { get; init; }

    /// <summary><c>interval_jitter</c>: up to this much is added to each interval; 0.</summary>
    public TimeSpan IntervalJitter { get; init; }

    /// <summary><c>interval_jitter_percent</c>: up to so much of each interval is added to it; 0.</summary>
    public uint IntervalJitterPercent { get; init; }

    /// <summary><c>no_traffic_interval</c>: 60 s, while nothing was ever sent to the cluster.</summary>
    public TimeSpan NoTrafficInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>no_traffic_healthy_interval</c>: the same for healthy endpoints; null for no difference.</summary>
    public TimeSpan? NoTrafficHealthyInterval { get; init; }

    /// <summary><c>unhealthy_interval</c>, for unhealthy endpoints; null takes <see cref="Interval"/>.</summary>
    public TimeSpan? UnhealthyInterval { get; init; }

    /// <summary><c>unhealthy_edge_interval</c>, between failures of a healthy endpoint; null takes that of unhealthy ones.</summary>
    public TimeSpan? UnhealthyEdgeInterval { get; init; }

    /// <summary><c>healthy_edge_interval</c>, between successes of an unhealthy endpoint; null takes <see cref="Interval"/>.</summary>
    public TimeSpan? HealthyEdgeInterval { get; init; }

    /// <summary><c>reuse_connection</c>: true.</summary>
    public bool ReusesConnection { get; init; } = true;

    /// <summary>Files of <c>event_logger</c> (its file sink) and the deprecated <c>event_log_path</c>.</summary>
    public IReadOnlyList<string> EventLogPaths { get; init; } = [];

    /// <summary><c>always_log_health_check_failures</c>: not only those that change something.</summary>
    public bool AlwaysLogsFailures { get; init; }

    /// <summary><c>always_log_health_check_success</c></summary>
    public bool AlwaysLogsSuccesses { get; init; }

    /// <summary>
    /// <c>transport_socket_match_criteria</c>, values as JSON: chooses among the cluster's sockets instead of the endpoint's
    /// metadata; null leaves it to that.
    /// </summary>
    public IReadOnlyDictionary<string, string>? SocketCriteria { get; init; }

    /// <summary><c>tls_options.alpn_protocols</c>, as on the wire; empty leaves it to the socket.</summary>
    public ReadOnlyMemory<byte> ApplicationProtocols { get; init; }
}
