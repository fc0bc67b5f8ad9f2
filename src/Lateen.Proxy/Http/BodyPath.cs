// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Buffers;
using Lateen.Net.Loop;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Http.Mirroring;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>
/// The way of a body, in one direction of an exchange, from the stream it comes in on, through the filters that look into it,
/// to the stream it goes out on. Without filters it is <see cref="BodyPump"/> and nothing else.
/// </summary>
internal sealed class BodyPath(EventLoop loop, StreamInfo info, bool isRequest)
{
    private static readonly HeaderMap s_noTrailers = new();

    /// <summary>In the order in which they see the body.</summary>
    private readonly List<StreamFilter> _filters = [];

    /// <summary>What went through the filters and did not fit into the outgoing side.</summary>
    private ByteQueue? _ready;

    private RequestMirrors? _mirrors;

    /// <summary>Bytes that went to the outgoing side.</summary>
    private long _passed;
    private bool _isEnded;
    private bool _dropsTrailers;

    /// <summary>No filter looks into the body.</summary>
    public bool IsEmpty => _filters.Count == 0;

    /// <summary>Bytes that went through and wait to be moved.</summary>
    public int Waiting => _ready?.Unread ?? 0;

    /// <summary>What a filter answers instead of letting the body go on; null for nothing.</summary>
    public LocalReply? Reply { get; private set; }

    /// <summary>See <see cref="StreamFilter.HoldsResponseHead"/>.</summary>
    public bool HoldsHead
    {
        get
        {
            foreach (var filter in _filters)
            {
                if (filter.HoldsResponseHead)
                    return true;
            }
            return false;
        }
    }

    public void Add(StreamFilter filter) => _filters.Insert(isRequest ? _filters.Count : 0, filter);

    /// <summary>The exchange is over.</summary>
    public void Clear()
    {
        if (_filters.Count == 0)
            return;
        _filters.Clear();
        Reset();
    }

    /// <summary>The request is sent from its start, perhaps once more.</summary>
    public void Restart()
    {
        if (_filters.Count == 0)
            return;
        Reset();
        foreach (var filter in _filters)
            filter.RestartRequest();
    }

    /// <summary>The length to announce for a body that has this one when it comes in.</summary>
    public BodyLength Announce(BodyLength length)
    {
        if (length.Kind is not (BodyKind.Known or BodyKind.None))
            return length;
        foreach (var filter in _filters)
        {
            if (isRequest ? filter.ResizesRequest : filter.ResizesResponse)
                return length.Kind == BodyKind.None ? BodyLength.None : BodyLength.Unknown;
        }
        return length;
    }

    /// <inheritdoc cref="BodyPump.Move"/>
    public BodyStatus Move(HttpStream from, HttpStream to, ref long bytes, RequestMirrors? mirrors = null)
    {
        if (_filters.Count == 0)
            return BodyPump.Move(from, to, ref bytes, mirrors);
        _mirrors = mirrors;
        while (true)
        {
            if (!Drain(to, ref bytes))
                return BodyStatus.Data;
            if (_isEnded)
            {
                var trailers = _dropsTrailers ? s_noTrailers : from.Trailers;
                to.End(trailers);
                mirrors?.OnEnd(trailers);
                return BodyStatus.Complete;
            }
            var room = to.Room;
            if (room <= 0 && !from.IsBodyComplete)
                return from.HasUnread ? BodyStatus.Data : BodyStatus.NeedMore;
            var status = from.Read(room, out var payload);
            if (status is not (BodyStatus.Data or BodyStatus.Complete))
                return status;
            if (isRequest)
                bytes += payload.Length;
            if (!Pass(payload, status == BodyStatus.Complete ? from.Trailers : null, to, ref bytes))
                return BodyStatus.Fault;
        }
    }

    /// <summary>Takes all that is here of a body whose head waits; what goes through the filters waits too.</summary>
    public BodyStatus Collect(HttpStream from)
    {
        var bytes = 0L;
        while (!_isEnded)
        {
            var status = from.Read(int.MaxValue, out var payload);
            if (status is not (BodyStatus.Data or BodyStatus.Complete))
                return status;
            Pass(payload, status == BodyStatus.Complete ? from.Trailers : null, to: null, ref bytes);
        }
        return BodyStatus.Complete;
    }

    /// <summary>Sends a body of our own through the filters; it then waits to be drained.</summary>
    public void Collect(ReadOnlySpan<byte> body)
    {
        var bytes = 0L;
        if (!body.IsEmpty)
            Pass(body, null, to: null, ref bytes);
        Pass(default, s_noTrailers, to: null, ref bytes);
    }

    /// <summary>Stages what waits, as far as it fits.</summary>
    /// <returns>True when nothing waits any more.</returns>
    public bool Drain(HttpStream to, ref long bytes)
    {
        if (_ready is not { Unread: > 0 })
            return true;
        while (to.Room is > 0 and var room && _ready.Unread > 0)
        {
            Append(_ready.Read(room), to, ref bytes);
        }
        _ready.Release();
        return _ready.Unread == 0;
    }

    /// <summary>Takes a part through the filters, and what comes of it to the outgoing side, if that has room, or to the queue.</summary>
    /// <returns>False when a filter wants to answer.</returns>
    private bool Pass(ReadOnlySpan<byte> data, HeaderMap? trailers, HttpStream? to, ref long bytes)
    {
        var part = new BodyPart(data, trailers);
        foreach (var filter in _filters)
        {
            if (!isRequest)
            {
                filter.OnResponseBody(info, ref part);
                continue;
            }
            if (filter.OnRequestBody(info, ref part) is { Action: FilterAction.Reply } verdict)
            {
                Reply = verdict.Reply;
                return false;
            }
        }
        if (!part.Data.IsEmpty)
            Put(part.Data, to, ref bytes);
        if (!part.IsEnd)
            return true;
        _isEnded = true;
        _dropsTrailers = part.DropsTrailers;
        return true;
    }

    private void Put(ReadOnlySpan<byte> data, HttpStream? to, ref long bytes)
    {
        var fits = Math.Clamp(to?.Room ?? 0, 0, data.Length);
        if (fits > 0)
            Append(data[..fits], to!, ref bytes);
        if (fits < data.Length)
            (_ready ??= new ByteQueue(loop)).Append(data[fits..]);
    }

    private void Append(ReadOnlySpan<byte> data, HttpStream to, ref long bytes)
    {
        to.Append(data);
        if (!isRequest)
            bytes += data.Length;
        _passed += data.Length;
        _mirrors?.OnData(data, _passed);
    }

    private void Reset()
    {
        _isEnded = _dropsTrailers = false;
        _passed = 0;
        _mirrors = null;
        Reply = null;
        _ready?.Clear();
    }
}
