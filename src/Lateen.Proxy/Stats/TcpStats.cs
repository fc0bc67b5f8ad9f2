// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>Numbers of the TCP proxies with one <c>stat_prefix</c> (Envoy <c>tcp.&lt;stat_prefix&gt;.*</c>).</summary>
public sealed class TcpStats(string statPrefix, int workers)
{
    private static readonly StatTable s_table = new(
        "tcp",
        "tcp_prefix",
        new StatDefinition("downstream_cx_total"),
        new StatDefinition("downstream_cx_no_route"),
        new StatDefinition("downstream_cx_rx_bytes_total"),
        new StatDefinition("downstream_cx_tx_bytes_total"),
        new StatDefinition("idle_timeout"),
        new StatDefinition("max_downstream_connection_duration"),
        new StatDefinition("downstream_cx_active", SampleKind.Gauge)
    );

    private readonly StatScope _scope = new(s_table, statPrefix, workers);

    /// <summary>Cells, in the order of the table.</summary>
    private enum Cell
    {
        ConnectionsTotal,
        NoRoute,
        BytesReceived,
        BytesSent,
        IdleTimeouts,
        DurationTimeouts,
        ConnectionsActive,
    }

    public void OnConnectionOpened(int worker)
    {
        _scope.Cells.Increment(worker, (int)Cell.ConnectionsTotal);
        _scope.Cells.Increment(worker, (int)Cell.ConnectionsActive);
    }

    public void OnConnectionClosed(int worker) => _scope.Cells.Decrement(worker, (int)Cell.ConnectionsActive);

    /// <summary>A connection was as old as it may become.</summary>
    public void OnDurationTimeout(int worker) => _scope.Cells.Increment(worker, (int)Cell.DurationTimeouts);

    public void OnNoRoute(int worker) => _scope.Cells.Increment(worker, (int)Cell.NoRoute);

    public void OnIdleTimeout(int worker) => _scope.Cells.Increment(worker, (int)Cell.IdleTimeouts);

    public void OnBytes(int worker, long received, long sent)
    {
        _scope.Cells.Add(worker, (int)Cell.BytesReceived, received);
        _scope.Cells.Add(worker, (int)Cell.BytesSent, sent);
    }

    public void Collect(List<Sample> samples) => _scope.Collect(samples);
}
