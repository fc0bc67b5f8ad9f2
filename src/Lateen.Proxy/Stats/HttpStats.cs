// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http2;
using Lateen.Proxy.Http;
using Lateen.Proxy.Streams;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>Numbers of the connection managers with one <c>stat_prefix</c> (Envoy <c>http.&lt;stat_prefix&gt;.*</c>).</summary>
public sealed class HttpStats(string statPrefix, int workers)
{
    private static readonly StatTable s_table = new(
        "http",
        "http_conn_manager_prefix",
        new StatDefinition("downstream_cx_total"),
        new StatDefinition("downstream_cx_active", SampleKind.Gauge),
        new StatDefinition("downstream_cx_destroy"),
        new StatDefinition("downstream_cx_rx_bytes_total"),
        new StatDefinition("downstream_cx_tx_bytes_total"),
        new StatDefinition("downstream_cx_protocol_error"),
        new StatDefinition("downstream_cx_upgrades_total"),
        new StatDefinition("downstream_cx_upgrades_active", SampleKind.Gauge),
        new StatDefinition("downstream_rq_ws_on_non_ws_route"),
        new StatDefinition("downstream_rq_total"),
        new StatDefinition("downstream_rq_active", SampleKind.Gauge),
        new StatDefinition("downstream_rq_completed"),
        StatDefinition.ResponseClass("downstream_rq", 1),
        StatDefinition.ResponseClass("downstream_rq", 2),
        StatDefinition.ResponseClass("downstream_rq", 3),
        StatDefinition.ResponseClass("downstream_rq", 4),
        StatDefinition.ResponseClass("downstream_rq", 5),
        new StatDefinition("downstream_rq_idle_timeout"),
        new StatDefinition("downstream_rq_non_relative_path"),
        new StatDefinition("downstream_rq_failed_path_normalization"),
        new StatDefinition("downstream_rq_redirected_with_normalized_path"),
        new StatDefinition("http1.dropped_headers_with_underscores"),
        new StatDefinition("http1.requests_rejected_with_underscores_in_headers"),
        new StatDefinition("no_route"),
        new StatDefinition("no_cluster"),
        new StatDefinition("rq_direct_response"),
        new StatDefinition("rq_redirect"),
        new StatDefinition("rq_total"),
        new StatDefinition("downstream_rq_header_timeout"),
        new StatDefinition("downstream_rq_timeout"),
        new StatDefinition("downstream_rq_max_duration_reached"),
        new StatDefinition("downstream_rq_overload_close"),
        new StatDefinition("downstream_cx_idle_timeout"),
        new StatDefinition("downstream_cx_max_duration_reached"),
        new StatDefinition("downstream_cx_max_requests_reached"),
        new StatDefinition("downstream_cx_drain_close"),
        new StatDefinition("downstream_cx_delayed_close_timeout"),
        new StatDefinition("downstream_cx_overload_disable_keepalive"),
        new StatDefinition("downstream_cx_destroy_remote"),
        new StatDefinition("downstream_cx_destroy_local"),
        new StatDefinition("downstream_cx_destroy_active_rq"),
        new StatDefinition("downstream_cx_destroy_remote_active_rq"),
        new StatDefinition("downstream_cx_destroy_local_active_rq"),
        new StatDefinition("downstream_rq_rx_reset")
    );

    private readonly Http2Stats _http2 = new(workers);
    private readonly StatScope _scope = new(s_table, statPrefix, workers);
    private readonly WorkerHistogram _requestTime = new(workers, HistogramBuckets.Default);

    /// <summary>Cells, in the order of the table.</summary>
    private enum Cell
    {
        ConnectionsTotal,
        ConnectionsActive,
        ConnectionsDestroyed,
        BytesReceived,
        BytesSent,
        ProtocolErrors,
        UpgradesTotal,
        UpgradesActive,
        UpgradesRefused,
        RequestsTotal,
        RequestsActive,
        RequestsCompleted,
        Responses1xx,
        Responses5xx = Responses1xx + 4,
        IdleTimeouts,
        NonRelativePaths,
        FailedPathNormalizations,
        NormalizedPathRedirects,
        DroppedUnderscores,
        RejectedUnderscores,
        NoRoute,
        NoCluster,
        DirectResponses,
        Redirects,
        RoutedTotal,
        HeaderTimeouts,
        RequestTimeouts,
        DurationsReached,
        OverloadCloses,
        ConnectionIdleTimeouts,
        ConnectionDurationsReached,
        ConnectionRequestsReached,
        DrainCloses,
        DelayedCloseTimeouts,
        KeepaliveDisabled,
        DestroyedRemotely,
        DestroyedLocally,
        DestroyedActive,
        DestroyedRemotelyActive,
        DestroyedLocallyActive,
        RequestResets,
    }

    public void OnConnectionOpened(int worker)
    {
        _scope.Cells.Increment(worker, (int)Cell.ConnectionsTotal);
        _scope.Cells.Increment(worker, (int)Cell.ConnectionsActive);
    }

    /// <param name="isRemote">The client ended it.</param>
    /// <param name="isActive">In the middle of a request.</param>
    public void OnConnectionClosed(int worker, bool isRemote, bool isActive)
    {
        var cells = _scope.Cells;
        cells.Decrement(worker, (int)Cell.ConnectionsActive);
        cells.Increment(worker, (int)Cell.ConnectionsDestroyed);
        cells.Increment(worker, (int)(isRemote ? Cell.DestroyedRemotely : Cell.DestroyedLocally));
        if (!isActive)
            return;
        cells.Increment(worker, (int)Cell.DestroyedActive);
        cells.Increment(worker, (int)(isRemote ? Cell.DestroyedRemotelyActive : Cell.DestroyedLocallyActive));
    }

    public void OnRequestStarted(int worker)
    {
        _scope.Cells.Increment(worker, (int)Cell.RequestsTotal);
        _scope.Cells.Increment(worker, (int)Cell.RequestsActive);
    }

    /// <summary>A connection ends for what its client sent.</summary>
    public void OnProtocolError(int worker) => _scope.Cells.Increment(worker, (int)Cell.ProtocolErrors);

    /// <summary>A request over HTTP/1 turned into one over HTTP/2, where it is counted.</summary>
    public void OnRequestMoved(int worker)
    {
        _scope.Cells.Decrement(worker, (int)Cell.RequestsTotal);
        _scope.Cells.Decrement(worker, (int)Cell.RequestsActive);
    }

    /// <summary>A request to switch protocols, or a CONNECT, is served.</summary>
    public void OnUpgradeStarted(int worker)
    {
        _scope.Cells.Increment(worker, (int)Cell.UpgradesTotal);
        _scope.Cells.Increment(worker, (int)Cell.UpgradesActive);
    }

    public void OnUpgradeEnded(int worker) => _scope.Cells.Decrement(worker, (int)Cell.UpgradesActive);

    /// <summary>A request to switch to what its route does not admit.</summary>
    public void OnUpgradeRefused(int worker) => _scope.Cells.Increment(worker, (int)Cell.UpgradesRefused);

    /// <summary>The request is over, however it ended.</summary>
    public void OnRequestEnded(int worker, StreamInfo stream)
    {
        var cells = _scope.Cells;
        cells.Decrement(worker, (int)Cell.RequestsActive);
        cells.Add(worker, (int)Cell.BytesReceived, stream.BytesReceived);
        cells.Add(worker, (int)Cell.BytesSent, stream.BytesSent);
        _requestTime.Record(worker, (long)stream.Duration.TotalMilliseconds);
        if (stream.ResponseCode is >= 100 and < 600 and var code && !stream.IsHealthCheck)
        {
            cells.Increment(worker, (int)Cell.RequestsCompleted);
            cells.Increment(worker, (int)Cell.Responses1xx + (code / 100) - 1);
        }
        if (stream.UpstreamCluster is not null)
            cells.Increment(worker, (int)Cell.RoutedTotal);
        if (stream.Flags == ResponseFlags.None)
            return;
        OnFlags(worker, stream.Flags);
        // Over HTTP/2 a fault need not be a request's, and need not end the connection.
        var isFault = (stream.Flags & ResponseFlags.DownstreamProtocolError) != ResponseFlags.None;
        if (isFault && stream.Request.Version != HttpVersion.Http2)
            OnProtocolError(worker);
    }

    public void OnDirectResponse(int worker) => _scope.Cells.Increment(worker, (int)Cell.DirectResponses);

    public void OnRedirect(int worker) => _scope.Cells.Increment(worker, (int)Cell.Redirects);

    /// <summary>The request's target was refused, or the client sent to a better spelling of it.</summary>
    public void OnTarget(int worker, TargetVerdict verdict)
    {
        switch (verdict)
        {
            case TargetVerdict.NonRelative:
                _scope.Cells.Increment(worker, (int)Cell.NonRelativePaths);
                break;
            case TargetVerdict.Redirect:
                _scope.Cells.Increment(worker, (int)Cell.NormalizedPathRedirects);
                break;
            case TargetVerdict.Reject:
                _scope.Cells.Increment(worker, (int)Cell.FailedPathNormalizations);
                break;
        }
    }

    /// <summary>Header lines of an HTTP/1 request were left out for an underscore.</summary>
    public void OnUnderscoresDropped(int worker, int lines) =>
        _scope.Cells.Add(worker, (int)Cell.DroppedUnderscores, lines);

    /// <summary>An HTTP/1 request was refused for an underscore.</summary>
    public void OnUnderscoreRejected(int worker) => _scope.Cells.Increment(worker, (int)Cell.RejectedUnderscores);

    /// <summary>A clock of the connection manager ended an exchange.</summary>
    internal void OnInterrupted(int worker, Interruption why)
    {
        var cell = why switch
        {
            Interruption.HeadTimeout => Cell.HeaderTimeouts,
            Interruption.RequestTimeout => Cell.RequestTimeouts,
            Interruption.MaxDuration => Cell.DurationsReached,
            Interruption.Idle => Cell.IdleTimeouts,
            _ => (Cell?)null,
        };
        if (cell is not null)
            _scope.Cells.Increment(worker, (int)cell);
    }

    /// <summary>A request was answered without being looked at, under too much pressure.</summary>
    public void OnOverloadClose(int worker) => _scope.Cells.Increment(worker, (int)Cell.OverloadCloses);

    /// <summary>A connection had no request for too long.</summary>
    public void OnConnectionIdle(int worker) => _scope.Cells.Increment(worker, (int)Cell.ConnectionIdleTimeouts);

    /// <summary>A connection is as old as it may become.</summary>
    public void OnConnectionDurationReached(int worker) =>
        _scope.Cells.Increment(worker, (int)Cell.ConnectionDurationsReached);

    /// <summary>A connection has served as many requests as it may.</summary>
    public void OnConnectionRequestsReached(int worker) =>
        _scope.Cells.Increment(worker, (int)Cell.ConnectionRequestsReached);

    /// <summary>A connection is told to end since its listener or the proxy drains, or has too much to do.</summary>
    public void OnDrainClose(int worker) => _scope.Cells.Increment(worker, (int)Cell.DrainCloses);

    /// <summary>A client did not close its side of a connection that we ended.</summary>
    public void OnDelayedCloseTimeout(int worker) => _scope.Cells.Increment(worker, (int)Cell.DelayedCloseTimeouts);

    /// <summary>Pressure makes a response the last of its connection.</summary>
    public void OnKeepaliveDisabled(int worker) => _scope.Cells.Increment(worker, (int)Cell.KeepaliveDisabled);

    /// <summary>Where a worker's HTTP/2 connections count.</summary>
    public Http2Counters Http2(int worker) => _http2.Of(worker);

    public void Collect(List<Sample> samples)
    {
        _scope.Collect(samples);
        _http2.Collect(_scope, samples, isServer: true);
        _scope.Collect("downstream_rq_time", _requestTime, samples);
    }

    private void OnFlags(int worker, ResponseFlags flags)
    {
        var cells = _scope.Cells;
        if ((flags & ResponseFlags.NoRoute) != ResponseFlags.None)
            cells.Increment(worker, (int)Cell.NoRoute);
        if ((flags & ResponseFlags.NoCluster) != ResponseFlags.None)
            cells.Increment(worker, (int)Cell.NoCluster);
        if ((flags & ResponseFlags.DownstreamTermination) != ResponseFlags.None)
            cells.Increment(worker, (int)Cell.RequestResets);
    }
}
