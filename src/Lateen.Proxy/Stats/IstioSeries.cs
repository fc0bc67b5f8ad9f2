// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Proxy.Http;
using Lateen.Proxy.Streams;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>What tells one series of Istio's request metrics from the next.</summary>
/// <param name="GrpcStatus">Status of a gRPC call; one of the constants when the request was none, or ended without.</param>
internal readonly record struct IstioSeriesKey(IstioContext Context, int Code, ResponseFlags Flags, int GrpcStatus)
{
    public const int NotGrpc = int.MinValue;
    private const int NoStatus = int.MinValue + 1;

    /// <summary>
    /// What trailers or head said; else what HTTP's status stands for; nothing when there was none of them (Envoy's
    /// <c>getGrpcStatus</c>).
    /// </summary>
    public static int GrpcStatusOf(StreamInfo stream) =>
        !GrpcReply.IsGrpc(stream.Request) ? NotGrpc
        : Http.GrpcStatus.Of(stream) is { } status ? Http.GrpcStatus.Known(status)
        : NoStatus;

    /// <summary>All labels, in Istio's order of emission.</summary>
    public string Labels()
    {
        var labels = new StringBuilder();
        Context.AppendTo(labels);
        var code = Code.ToString(CultureInfo.InvariantCulture);
        var grpc = GrpcStatus <= NoStatus ? "" : GrpcStatus.ToString(CultureInfo.InvariantCulture);
        Telemetry.Labels.Append(labels, "request_protocol", GrpcStatus == NotGrpc ? "http" : "grpc");
        Telemetry.Labels.Append(labels, "response_code", code);
        Telemetry.Labels.Append(labels, "grpc_response_status", grpc);
        Telemetry.Labels.Append(labels, "response_flags", ResponseFlagsText.Of(Flags));
        Telemetry.Labels.Append(labels, "connection_security_policy", Context.SecurityPolicy);
        return labels.ToString();
    }
}

/// <summary>One worker's numbers of one series: it writes them alone, scrapes read.</summary>
internal sealed class IstioSeries(IstioSeriesKey key)
{
    private readonly WorkerHistogram _duration = new(1, HistogramBuckets.Default);
    private readonly WorkerHistogram _requestBytes = new(1, HistogramBuckets.Default);
    private readonly WorkerHistogram _responseBytes = new(1, HistogramBuckets.Default);
    private long _requests;

    public IstioSeriesKey Key { get; } = key;

    public long Requests => Volatile.Read(ref _requests);

    public HistogramSnapshot Duration => _duration.Snapshot();

    public HistogramSnapshot RequestBytes => _requestBytes.Snapshot();

    public HistogramSnapshot ResponseBytes => _responseBytes.Snapshot();

    public void Record(StreamInfo stream)
    {
        Volatile.Write(ref _requests, _requests + 1);
        _duration.Record(0, (long)stream.Duration.TotalMilliseconds);
        _requestBytes.Record(0, stream.BytesReceived);
        _responseBytes.Record(0, stream.BytesSent);
    }
}
