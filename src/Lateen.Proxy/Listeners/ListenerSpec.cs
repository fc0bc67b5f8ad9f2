// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Net.Loop;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Listeners.Inspectors;

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

    /// <summary><c>listener_filters</c>, in order.</summary>
    public IReadOnlyList<ListenerFilterSpec> ListenerFilters { get; init; } = [];

    /// <summary><c>listener_filters_timeout</c>: 15 s; zero is for ever.</summary>
    public TimeSpan ListenerFiltersTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>continue_on_listener_filters_timeout</c>: a client that says nothing is served with what is known of it.</summary>
    public bool ContinuesOnTimeout { get; init; }

    /// <summary><c>use_original_dst</c>: connections go to the listener at the address they were redirected from, if there is one.</summary>
    public bool UseOriginalDestination { get; init; }

    /// <summary><c>ignore_global_conn_limit</c>: connections are taken whatever the proxy's limit; they count for it.</summary>
    public bool IgnoreGlobalConnectionLimit { get; init; }

    /// <summary><c>bypass_overload_manager</c>: pressure neither stops the listener nor makes it refuse connections.</summary>
    public bool BypassOverloadManager { get; init; }

    /// <summary><c>max_connections_to_accept_per_socket_event</c>: 64, ours; the rest comes with the loop's next turn.</summary>
    public int MaxConnectionsToAcceptPerSocketEvent { get; init; } = EventLoop.DefaultAcceptsPerEvent;

    /// <summary><c>drain_type</c>.</summary>
    public DrainType DrainType { get; init; }

    /// <summary><c>tcp_backlog_size</c>: connections the kernel holds; null for as many as it may (somaxconn).</summary>
    public int? TcpBacklogSize { get; init; }

    /// <summary>Logs of connections that no chain matches (<c>access_log</c>).</summary>
    public IReadOnlyList<AccessLogSpec> AccessLogs { get; init; } = [];
}

/// <summary>When a listener's connections are told to end (Envoy <c>Listener.DrainType</c>).</summary>
public enum DrainType : byte
{
    /// <summary>When the listener goes or changes, when the proxy drains, and while it is told to look unhealthy.</summary>
    Default,

    /// <summary>Not while the proxy is told to look unhealthy.</summary>
    ModifyOnly,
}

/// <summary>Envoy <c>core.v3.TrafficDirection</c>.</summary>
public enum TrafficDirection : byte
{
    Unspecified,
    Inbound,
    Outbound,
}
