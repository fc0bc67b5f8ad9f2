// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Filters.Grpc;

/// <summary>Settings of the gRPC statistics filter (<c>envoy.extensions.filters.http.grpc_stats.v3.FilterConfig</c>).</summary>
internal sealed record GrpcStatsSpec
{
    /// <summary><c>emit_filter_state</c>, false by default: Istio's metrics count messages.</summary>
    public bool CountsMessagesForIstio { get; init; }

    /// <summary><c>stats_for_all_methods</c>, false by default: each method counts apart.</summary>
    public bool AllMethods { get; init; }

    /// <summary><c>individual_method_stats_allowlist</c>: methods, as <c>service/method</c>, that count apart; the others count together.</summary>
    public HashSet<byte[]> Methods { get; init; } = [];

    /// <summary><c>enable_upstream_stats</c>, false by default: a histogram of upstream times.</summary>
    public bool HasUpstreamTimes { get; init; }

    /// <summary><c>replace_dots_in_grpc_service_name</c>, false by default; with <see cref="AllMethods"/> only.</summary>
    public bool ReplacesDots { get; init; }
}
