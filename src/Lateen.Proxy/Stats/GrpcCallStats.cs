// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Proxy.Http;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>
/// Numbers of gRPC calls to one cluster: of one method, or of all together (Envoy <c>cluster.&lt;name&gt;.grpc.*</c>). Those that
/// never happened are not shown.
/// </summary>
internal sealed class GrpcCallStats
{
    private const int Success = GrpcStatus.Highest + 1;
    private const int Failure = Success + 1;
    private const int Total = Failure + 1;
    private const int RequestMessages = Total + 1;
    private const int ResponseMessages = RequestMessages + 1;
    private static readonly string[] s_names =
    [
        "success",
        "failure",
        "total",
        "request_message_count",
        "response_message_count",
    ];

    private readonly StatDefinition[] _definitions;
    private readonly StatScope _scope;
    private readonly StatDefinition _timeDefinition;
    private readonly WorkerHistogram _time;

    /// <param name="prefix">What stands between the cluster's name and the number's, as <c>grpc.</c> or <c>grpc.a.Service.Method.</c></param>
    /// <param name="family">The same in Prometheus, where the method is a label.</param>
    /// <param name="label">Labels of the method; null for all methods together.</param>
    public GrpcCallStats(string cluster, string prefix, string family, string? label, int workers)
    {
        StatDefinition Define(string name, SampleKind kind = SampleKind.Counter) =>
            new(prefix + name, kind, family + name, label);
        _definitions =
        [
            .. Enumerable
                .Range(0, GrpcStatus.Highest + 1)
                .Select(status => Define(status.ToString(CultureInfo.InvariantCulture))),
            .. s_names.Select(name => Define(name)),
        ];
        _timeDefinition = Define("upstream_rq_time", SampleKind.Histogram);
        _scope = new StatScope(new StatTable("cluster", "cluster_name", _definitions), cluster, workers);
        _time = new WorkerHistogram(workers, HistogramBuckets.Default);
    }

    /// <summary>A status came. One that gRPC does not know is a failure and nothing else.</summary>
    public void OnStatus(int worker, int status)
    {
        var cells = _scope.Cells;
        if (status >= 0)
            cells.Increment(worker, status);
        cells.Increment(worker, status == GrpcStatus.Ok ? Success : Failure);
        cells.Increment(worker, Total);
    }

    public void OnRequestMessages(int worker, int count) => _scope.Cells.Add(worker, RequestMessages, count);

    public void OnResponseMessages(int worker, int count) => _scope.Cells.Add(worker, ResponseMessages, count);

    /// <summary>From the request's last byte to the response's.</summary>
    public void OnUpstreamTime(int worker, TimeSpan time) => _time.Record(worker, (long)time.TotalMilliseconds);

    public void Collect(List<Sample> samples)
    {
        for (var i = 0; i < _definitions.Length; i++)
        {
            if (_scope.Cells.Sum(i) is not 0 and var value)
                _scope.Collect(_definitions[i], value, samples);
        }
        if (_time.Snapshot() is { Count: > 0 } distribution)
            _scope.Collect(_timeDefinition, distribution, samples);
    }
}
