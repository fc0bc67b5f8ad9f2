// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Proxy.Http;
using Lateen.Proxy.Stats;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters.Grpc;

/// <summary>One call that the <see cref="GrpcStatsFilter"/> counts. Its cluster is known when its body moves, not before.</summary>
internal sealed class GrpcStatsStream(GrpcStatsFilter filter, int worker) : StreamFilter
{
    private readonly GrpcMethod _method = new();
    private IFilterControl _control = null!;
    private GrpcFrames _requestFrames;
    private GrpcFrames _responseFrames;
    private GrpcCallStats? _stats;
    private IstioMessages? _istio;

    /// <summary>The path names a method, or methods do not count apart.</summary>
    private bool _isTracked;

    /// <summary>The answer is gRPC's.</summary>
    private bool _isResponse;

    /// <summary>Requests of this try, and the most of any: a try that is repeated does not count twice.</summary>
    private int _requests;
    private int _counted;

    /// <summary>When the request's last byte went; 0 before.</summary>
    private long _requestEnd;

    public void Begin(StreamInfo stream, IFilterControl control)
    {
        _control = control;
        _requestFrames = _responseFrames = default;
        _stats = null;
        _istio = null;
        _isResponse = false;
        _requests = _counted = 0;
        _requestEnd = 0;
        _isTracked = _method.TrySet(stream.Request.Path);
        if (!_isTracked)
            return;
        if (!filter.Spec.AllMethods)
        {
            var methods = filter.Spec.Methods;
            if (methods.Count == 0 || !methods.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(_method.Name))
                _method.Clear();
        }
        else if (filter.Spec.ReplacesDots)
        {
            _method.ReplaceDots();
        }
    }

    public override FilterVerdict OnRequestBody(StreamInfo stream, ref BodyPart part)
    {
        _requests += _requestFrames.Count(part.Data);
        if (_requests > _counted)
        {
            Stats(stream)?.OnRequestMessages(worker, _requests - _counted);
            Istio(stream)?.AddRequests(_requests - _counted);
            _counted = _requests;
        }
        if (part.IsEnd)
            _requestEnd = _control.NowTimestamp;
        return FilterVerdict.Continue;
    }

    public override void RestartRequest()
    {
        _requestFrames = default;
        _requests = 0;
        _requestEnd = 0;
    }

    public override void OnResponseHead(StreamInfo stream)
    {
        var head = stream.Response;
        var hasStatus = GrpcStatus.TryGet(head.Headers, out var status);
        _isResponse = stream.EndsWithHead ? hasStatus : head.Status == 200 && GrpcReply.HasGrpcType(head.Headers);
        if (hasStatus)
            Stats(stream)?.OnStatus(worker, status);
        if (stream.EndsWithHead)
            OnResponseEnd(stream);
    }

    public override void OnResponseBody(StreamInfo stream, ref BodyPart part)
    {
        if (_isResponse && _responseFrames.Count(part.Data) is > 0 and var count)
        {
            Stats(stream)?.OnResponseMessages(worker, count);
            Istio(stream)?.AddResponses(count);
        }
        if (part.Trailers is not { Count: > 0 } trailers)
            return;
        if (GrpcStatus.TryGet(trailers, out var status))
            Stats(stream)?.OnStatus(worker, status);
        OnResponseEnd(stream);
    }

    public override void Close() => filter.Return(worker, this);

    private void OnResponseEnd(StreamInfo stream)
    {
        if (filter.Spec.HasUpstreamTimes && _requestEnd != 0)
            Stats(stream)?.OnUpstreamTime(worker, Stopwatch.GetElapsedTime(_requestEnd, _control.NowTimestamp));
    }

    /// <summary>Null when the call is not tracked, or went nowhere.</summary>
    private GrpcCallStats? Stats(StreamInfo stream)
    {
        if (_stats is not null || !_isTracked || stream.Cluster is not { } cluster)
            return _stats;
        var stats = cluster.Stats.Grpc;
        return _stats = _method.Name.IsEmpty ? stats.All : stats.Of(_method.Name);
    }

    private IstioMessages? Istio(StreamInfo stream)
    {
        if (_istio is not null || !filter.Spec.CountsMessagesForIstio || stream.Cluster is not { } cluster)
            return _istio;
        var context = filter.Environment.IsInbound ? cluster.InboundContext : cluster.OutboundContext;
        return _istio = filter.Environment.Stats.Istio.Messages(worker, context);
    }
}
