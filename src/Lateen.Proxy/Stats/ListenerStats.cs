// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>Numbers of one listener (Envoy <c>listener.&lt;address&gt;.*</c>).</summary>
public sealed class ListenerStats(string address, int workers)
{
    private static readonly StatTable s_table = new(
        "listener",
        "listener_address",
        new StatDefinition("downstream_cx_total"),
        new StatDefinition("downstream_cx_active", SampleKind.Gauge),
        new StatDefinition("downstream_cx_destroy"),
        new StatDefinition("no_filter_chain_match"),
        new StatDefinition("downstream_pre_cx_active", SampleKind.Gauge),
        new StatDefinition("downstream_pre_cx_timeout"),
        new StatDefinition("downstream_cx_proxy_proto_error"),
        new StatDefinition("downstream_cx_overflow"),
        new StatDefinition("downstream_cx_overload_reject"),
        new StatDefinition("downstream_global_cx_overflow"),
        new StatDefinition("downstream_cx_transport_socket_connect_timeout")
    );

    // Envoy writes addresses into names with underscores for colons.
    private readonly StatScope _scope = new(s_table, address.Replace(':', '_'), workers);

    private readonly WorkerHistogram _accepted = new(workers, HistogramBuckets.Default);

    /// <summary>Cells, in the order of the table.</summary>
    private enum Cell
    {
        ConnectionsTotal,
        ConnectionsActive,
        ConnectionsDestroyed,
        NoFilterChainMatch,
        PendingActive,
        PendingTimeouts,
        ProxyProtocolErrors,
        Overflows,
        OverloadRejects,
        GlobalOverflows,
        HandshakeTimeouts,
    }

    /// <summary>Connections open now.</summary>
    public long ActiveConnections => _scope.Cells.Sum((int)Cell.ConnectionsActive);

    public void OnConnectionOpened(int worker)
    {
        _scope.Cells.Increment(worker, (int)Cell.ConnectionsTotal);
        _scope.Cells.Increment(worker, (int)Cell.ConnectionsActive);
    }

    public void OnConnectionClosed(int worker)
    {
        _scope.Cells.Decrement(worker, (int)Cell.ConnectionsActive);
        _scope.Cells.Increment(worker, (int)Cell.ConnectionsDestroyed);
    }

    /// <summary>A connection is inspected, or in its handshake.</summary>
    public void OnPendingOpened(int worker) => _scope.Cells.Increment(worker, (int)Cell.PendingActive);

    public void OnPendingClosed(int worker) => _scope.Cells.Decrement(worker, (int)Cell.PendingActive);

    /// <summary>Inspection took longer than <c>listener_filters_timeout</c>.</summary>
    public void OnPendingTimeout(int worker) => _scope.Cells.Increment(worker, (int)Cell.PendingTimeouts);

    public void OnProxyProtocolError(int worker) => _scope.Cells.Increment(worker, (int)Cell.ProxyProtocolErrors);

    public void OnNoFilterChain(int worker) => _scope.Cells.Increment(worker, (int)Cell.NoFilterChainMatch);

    /// <summary>A connection beyond the listener's limit.</summary>
    public void OnOverflow(int worker) => _scope.Cells.Increment(worker, (int)Cell.Overflows);

    /// <summary>A connection beyond the proxy's limit.</summary>
    public void OnGlobalOverflow(int worker) => _scope.Cells.Increment(worker, (int)Cell.GlobalOverflows);

    /// <summary>A connection that came under too much pressure.</summary>
    public void OnOverloadReject(int worker) => _scope.Cells.Increment(worker, (int)Cell.OverloadRejects);

    /// <summary>A handshake took longer than <c>transport_socket_connect_timeout</c>.</summary>
    public void OnHandshakeTimeout(int worker) => _scope.Cells.Increment(worker, (int)Cell.HandshakeTimeouts);

    /// <summary>An event of the listening socket brought so many connections.</summary>
    public void OnAccepted(int worker, int connections) => _accepted.Record(worker, connections);

    public void Collect(List<Sample> samples)
    {
        _scope.Collect(samples);
        _scope.Collect("connections_accepted_per_socket_event", _accepted, samples);
    }
}
