// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>Numbers of one cluster (Envoy <c>cluster.&lt;name&gt;.*</c>). They outlive the cluster's versions.</summary>
public sealed class ClusterStats(string name, int workers)
{
    private static readonly StatTable s_table = new(
        "cluster",
        "cluster_name",
        new StatDefinition("upstream_cx_total"),
        new StatDefinition("upstream_cx_active", SampleKind.Gauge),
        new StatDefinition("upstream_cx_connect_fail"),
        new StatDefinition("upstream_cx_connect_timeout"),
        new StatDefinition("upstream_cx_none_healthy"),
        new StatDefinition("upstream_cx_protocol_error"),
        new StatDefinition("upstream_rq_total"),
        new StatDefinition("upstream_rq_active", SampleKind.Gauge),
        new StatDefinition("upstream_rq_completed"),
        StatDefinition.ResponseClass("upstream_rq", 1),
        StatDefinition.ResponseClass("upstream_rq", 2),
        StatDefinition.ResponseClass("upstream_rq", 3),
        StatDefinition.ResponseClass("upstream_rq", 4),
        StatDefinition.ResponseClass("upstream_rq", 5),
        new StatDefinition("upstream_rq_timeout"),
        new StatDefinition("upstream_rq_per_try_timeout"),
        new StatDefinition("upstream_rq_retry"),
        new StatDefinition("upstream_rq_retry_success"),
        new StatDefinition("upstream_rq_retry_limit_exceeded"),
        new StatDefinition("upstream_rq_rx_reset"),
        new StatDefinition("upstream_cx_overflow"),
        new StatDefinition("upstream_rq_pending_overflow"),
        new StatDefinition("upstream_rq_retry_overflow"),
        new StatDefinition("upstream_rq_drop_overload"),
        new StatDefinition("upstream_cx_connect_attempts_exceeded"),
        new StatDefinition("upstream_rq_per_try_idle_timeout"),
        new StatDefinition("upstream_rq_retry_backoff_exponential"),
        new StatDefinition("upstream_rq_retry_backoff_ratelimited"),
        new StatDefinition("original_dst_host_invalid")
    );

    private readonly Http2Stats _http2 = new(workers);

    /// <summary>gRPC calls, as the filters that count them see them.</summary>
    internal GrpcStats Grpc { get; } = new(name, "grpc", workers);

    /// <summary>gRPC-Web calls.</summary>
    internal GrpcStats GrpcWeb { get; } = new(name, "grpc-web", workers);

    private readonly StatScope _scope = new(s_table, name, workers);
    private readonly WorkerHistogram _requestTime = new(workers, HistogramBuckets.Default);
    private readonly WorkerHistogram _connectTime = new(workers, HistogramBuckets.Default);

    /// <summary>Cells, in the order of the table.</summary>
    private enum Cell
    {
        ConnectionsTotal,
        ConnectionsActive,
        ConnectFailures,
        ConnectTimeouts,
        NoneHealthy,
        ProtocolErrors,
        RequestsTotal,
        RequestsActive,
        RequestsCompleted,
        Responses1xx,
        Responses5xx = Responses1xx + 4,
        Timeouts,
        PerTryTimeouts,
        Retries,
        RetrySuccesses,
        RetryLimitExceeded,
        Resets,
        ConnectionOverflows,
        PendingOverflows,
        RetryOverflows,
        DropOverload,
        ConnectAttemptsExceeded,
        PerTryIdleTimeouts,
        ExponentialBackOffs,
        RateLimitedBackOffs,
        OriginalHostInvalid,
    }

    /// <summary>Where a worker's HTTP/2 connections count.</summary>
    public Http2Counters Http2(int worker) => _http2.Of(worker);

    /// <summary>A connection was made for traffic, at some time.</summary>
    public bool HasTraffic => _scope.Cells.Sum((int)Cell.ConnectionsTotal) > 0;

    public void OnConnectionOpened(int worker)
    {
        _scope.Cells.Increment(worker, (int)Cell.ConnectionsTotal);
        _scope.Cells.Increment(worker, (int)Cell.ConnectionsActive);
    }

    public void OnConnected(int worker, TimeSpan took) => _connectTime.Record(worker, (long)took.TotalMilliseconds);

    public void OnConnectionClosed(int worker) => _scope.Cells.Decrement(worker, (int)Cell.ConnectionsActive);

    public void OnConnectFailed(int worker, bool timeout)
    {
        _scope.Cells.Increment(worker, (int)Cell.ConnectFailures);
        if (timeout)
            _scope.Cells.Increment(worker, (int)Cell.ConnectTimeouts);
    }

    public void OnNoneHealthy(int worker) => _scope.Cells.Increment(worker, (int)Cell.NoneHealthy);

    /// <summary>What an endpoint sent is not the protocol that is spoken to it.</summary>
    public void OnProtocolError(int worker) => _scope.Cells.Increment(worker, (int)Cell.ProtocolErrors);

    /// <summary>A request was given to an endpoint; each attempt counts.</summary>
    public void OnAttemptStarted(int worker)
    {
        _scope.Cells.Increment(worker, (int)Cell.RequestsTotal);
        _scope.Cells.Increment(worker, (int)Cell.RequestsActive);
    }

    public void OnAttemptEnded(int worker) => _scope.Cells.Decrement(worker, (int)Cell.RequestsActive);

    /// <summary>The upstream answered.</summary>
    public void OnResponse(int worker, int code, TimeSpan took)
    {
        var cells = _scope.Cells;
        cells.Increment(worker, (int)Cell.RequestsCompleted);
        if (code is >= 100 and < 600)
            cells.Increment(worker, (int)Cell.Responses1xx + (code / 100) - 1);
        _requestTime.Record(worker, (long)took.TotalMilliseconds);
    }

    public void OnTimeout(int worker) => _scope.Cells.Increment(worker, (int)Cell.Timeouts);

    /// <summary>A try took longer than <c>per_try_timeout</c>, or stood still for <c>per_try_idle_timeout</c>.</summary>
    public void OnPerTryTimeout(int worker, bool isIdle) =>
        _scope.Cells.Increment(worker, (int)(isIdle ? Cell.PerTryIdleTimeouts : Cell.PerTryTimeouts));

    /// <summary>A request is to be tried again.</summary>
    /// <param name="isPauseAskedFor">After the time that the response asked for.</param>
    public void OnRetry(int worker, bool isPauseAskedFor)
    {
        _scope.Cells.Increment(worker, (int)Cell.Retries);
        _scope.Cells.Increment(worker, (int)(isPauseAskedFor ? Cell.RateLimitedBackOffs : Cell.ExponentialBackOffs));
    }

    public void OnRetrySucceeded(int worker) => _scope.Cells.Increment(worker, (int)Cell.RetrySuccesses);

    public void OnRetryLimitExceeded(int worker) => _scope.Cells.Increment(worker, (int)Cell.RetryLimitExceeded);

    public void OnReset(int worker) => _scope.Cells.Increment(worker, (int)Cell.Resets);

    /// <summary>A connection was refused by <c>max_connections</c>.</summary>
    public void OnConnectionOverflow(int worker) => _scope.Cells.Increment(worker, (int)Cell.ConnectionOverflows);

    /// <summary>A request was refused by <c>max_pending_requests</c> or <c>max_requests</c>.</summary>
    public void OnPendingOverflow(int worker) => _scope.Cells.Increment(worker, (int)Cell.PendingOverflows);

    /// <summary>A retry was refused by <c>max_retries</c> or the retry budget.</summary>
    public void OnRetryOverflow(int worker) => _scope.Cells.Increment(worker, (int)Cell.RetryOverflows);

    /// <summary>A header that names where a request is to go names nothing of the kind.</summary>
    public void OnOriginalHostInvalid(int worker) => _scope.Cells.Increment(worker, (int)Cell.OriginalHostInvalid);

    /// <summary>A request was dropped by <c>drop_overloads</c> of the endpoints.</summary>
    public void OnDropOverload(int worker) => _scope.Cells.Increment(worker, (int)Cell.DropOverload);

    /// <summary>A TCP connection found no endpoint in <c>max_connect_attempts</c>.</summary>
    public void OnConnectAttemptsExceeded(int worker) =>
        _scope.Cells.Increment(worker, (int)Cell.ConnectAttemptsExceeded);

    /// <summary>Where numbers of the cluster that are known elsewhere are collected.</summary>
    internal StatScope Scope => _scope;

    /// <param name="members">Endpoints of the version in force.</param>
    /// <param name="healthy">Those of them that are healthy.</param>
    public void Collect(int members, int healthy, List<Sample> samples)
    {
        _scope.Collect(samples);
        _http2.Collect(_scope, samples, isServer: false);
        Grpc.Collect(samples);
        GrpcWeb.Collect(samples);
        _scope.Collect("membership_total", SampleKind.Gauge, members, samples);
        _scope.Collect("membership_healthy", SampleKind.Gauge, healthy, samples);
        _scope.Collect("upstream_rq_time", _requestTime, samples);
        _scope.Collect("upstream_cx_connect_ms", _connectTime, samples);
    }
}
