// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Proxy.AccessLogs;

namespace Lateen.Proxy.Listeners;

/// <summary>A listener, decoded and checked (Envoy <c>config.listener.v3.Listener</c>).</summary>
public sealed record ListenerSpec
{
    public required string Name { get; init; }

    /// <summary><c>address</c>.</summary>
    public required NetAddress Address { get; init; }

    /// <summary><c>bind_to_port</c>, true by default. A listener that is not bound only takes over connections of others.</summary>
    public bool BindToPort { get; init; } = true;

    /// <summary><c>traffic_direction</c>.</summary>
    public TrafficDirection Direction { get; init; }

    public required IReadOnlyList<FilterChainSpec> FilterChains { get; init; }

    /// <summary><c>default_filter_chain</c>: serves what no other chain matches.</summary>
    public FilterChainSpec? DefaultFilterChain { get; init; }

    /// <summary>Logs of connections that no chain matches (<c>access_log</c>).</summary>
    public IReadOnlyList<AccessLogSpec> AccessLogs { get; init; } = [];
}

/// <summary>Envoy <c>core.v3.TrafficDirection</c>.</summary>
public enum TrafficDirection : byte
{
    Unspecified,
    Inbound,
    Outbound,
}
