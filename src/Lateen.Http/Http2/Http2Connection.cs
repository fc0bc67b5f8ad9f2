// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Hpack;

namespace Lateen.Http.Http2;

/// <summary>Which side of a connection we are.</summary>
public enum Http2Role : byte
{
    Server,
    Client,
}

/// <summary>
/// One HTTP/2 connection (RFC 9113) without its socket: bytes go in by <see cref="Receive"/>, events come out at the
/// handler, and what is to be written lies in <see cref="Output"/>. Does no I/O, keeps no time and, once warm, allocates nothing.
/// </summary>
/// <remarks>
/// <para>Owned by one thread. The owner's duties:</para>
/// <list type="bullet">
/// <item>call <see cref="Start"/> once; write <see cref="Output"/> whenever it is not empty and report by <see cref="OnWritten"/>;</item>
/// <item>keep input that <see cref="Receive"/> did not consume: a frame that is not DATA is taken whole, so the input has to
/// grow to <see cref="MaxFrame"/> bytes;</item>
/// <item>call <see cref="Release"/> once for each stream it was given, and <see cref="ReleaseReceived"/> for body it has dealt with;</item>
/// <item>after a fault, or when the socket ends, write what is left, close, and call <see cref="Terminate"/>.</item>
/// </list>
/// </remarks>
public sealed partial class Http2Connection
{
    /// <summary>Bytes of the largest frame that is taken.</summary>
    public const int MaxFrame = FrameHeader.Size + FrameHeader.MaxPayload;

    private const int DefaultWindow = 65_535;

    private readonly Http2Options _options;
    private readonly Http2Workspace _workspace;
    private readonly Http2Counters _counters;
    private readonly IHttp2Handler _handler;
    private readonly Http2Output _output;
    private readonly HpackDecoder _decoder;
    private readonly HpackEncoder _encoder;
    private readonly StreamTable _streams = new();
    private readonly ClosedStreams _closed = new();
    private readonly SendQueue _queue = new();
    private FloodGuard _floods;
    private PrematureResets _prematureResets;
    private long _now;
    private bool _isTerminated;

    /// <summary>Streams given out and not released, closed ones too.</summary>
    private int _owned;

    /// <summary>Client: those of them that have no head yet.</summary>
    private int _unsent;

    public Http2Connection(
        Http2Role role,
        Http2Options options,
        Http2Workspace workspace,
        Http2Counters counters,
        IHttp2Handler handler
    )
    {
        Role = role;
        _options = options;
        _workspace = workspace;
        _counters = counters;
        _handler = handler;
        _output = new Http2Output(workspace, counters);
        _decoder = new HpackDecoder(workspace.Scratch, options.HpackTableSize);
        _encoder = new HpackEncoder(
            Math.Min(options.HpackTableSize, HpackDecoder.DefaultTableSize),
            options.HpackHuffman
        );
        _floods = new FloodGuard(options);
        _prematureResets = new PrematureResets(options);
        _receiveWindow = options.ConnectionWindow;
        _nextId = role == Http2Role.Client ? 1u : 2u;
        _prefaceLeft = role == Http2Role.Server ? s_preface.Length : 0;
    }

    public Http2Role Role { get; }

    /// <summary>What ended the connection; <see cref="Http2Fault.None"/> while it is well. GOAWAY with the code is in <see cref="Output"/>.</summary>
    public Http2Fault Fault { get; private set; }

    /// <summary>Bytes to be written; valid until the next call.</summary>
    public ReadOnlySpan<byte> Output => _output.Pending;

    /// <summary>Streams open or half-closed.</summary>
    public int ActiveStreams => _streams.Count;

    /// <summary>How far <see cref="StreamAt"/> goes.</summary>
    public int StreamSlots => _streams.Capacity;

    /// <summary>A stream that is open or half-closed; null in an empty slot. When one is closed, others may change their slots.</summary>
    public Http2Stream? StreamAt(int slot) => _streams.At(slot);

    /// <summary>The first bytes of <see cref="Output"/> are written: those who wait for room may send on.</summary>
    public void OnWritten(int count)
    {
        _output.Drain(count);
        WakeSenders();
    }

    /// <summary>
    /// Takes a stream back. One that is not closed is reset: by a server that has answered before the request ended with
    /// NO_ERROR (RFC 9113 §8.1), else with CANCEL.
    /// </summary>
    public void Release(Http2Stream stream)
    {
        if (Role == Http2Role.Client && stream.State == Http2StreamState.Idle)
            _unsent--;
        var isAnswered = Role == Http2Role.Server && stream.State == Http2StreamState.HalfClosedLocal;
        Reset(stream, isAnswered ? Http2ErrorCode.NoError : Http2ErrorCode.Cancel);
        if (stream.UnreleasedBytes > 0)
            ReleaseReceived(stream, stream.UnreleasedBytes);
        _owned--;
        stream.Reset();
        _workspace.ReturnStream(stream);
    }

    /// <summary>
    /// The connection is over: every stream that is not closed yet is, and its owner told with that code. Drops the output.
    /// </summary>
    public void Terminate(Http2ErrorCode code)
    {
        if (Fault == Http2Fault.None)
            _isTerminated = true;
        while (_streams.FindAbove(0) is { } stream)
        {
            Close(stream, StreamEnd.ResetByUs);
            _handler.OnReset(stream, code);
        }
        _output.Discard();
        ReturnBlock();
    }

    /// <summary>The owner's clock found the peer at fault: GOAWAY is in <see cref="Output"/>, and nothing more is taken.</summary>
    public void Abandon(Http2Fault fault) => Fail(fault);

    private bool IsOver => _isTerminated || Fault != Http2Fault.None;

    private Http2Stream OpenStream(uint id, Http2StreamState state)
    {
        var stream = _workspace.TakeStream();
        stream.Id = id;
        stream.State = state;
        stream.SendWindow = _peerInitialWindow;
        stream.ReceiveWindow = _options.StreamWindow;
        stream.ContentLength = stream.BodyExpected = -1;
        stream.OpenedAt = _now;
        return stream;
    }

    private void Register(Http2Stream stream)
    {
        _streams.Add(stream);
        _floods.OnStreamOpened();
        _counters.Add(Http2Counter.StreamsActive);
    }

    /// <summary>Takes a stream off the connection; the object stays its owner's.</summary>
    private void Close(Http2Stream stream, StreamEnd end)
    {
        stream.State = Http2StreamState.Closed;
        _streams.Remove(stream);
        _queue.Remove(stream);
        _closed.Add(stream.Id, end);
        _counters.Add(Http2Counter.StreamsActive, -1);
        if (_dataStream == stream)
            _dataStream = null;
        if (Role == Http2Role.Server)
        {
            // A client may have us do the resetting, by a frame that does not belong (CVE-2025-8671).
            var isPeers = end == StreamEnd.ResetByPeer || stream.Fault != Http2Fault.None;
            var fault = _prematureResets.OnClosed(stream, isPeers, _now);
            if (fault != Http2Fault.None)
                _pendingFault = fault;
        }
        PassTurn(stream);
    }

    private void CloseIfEnded(Http2Stream stream)
    {
        if (stream.State == Http2StreamState.Closed)
            Close(stream, StreamEnd.Complete);
    }

    /// <summary>Ends the connection for a fault of the peer's.</summary>
    private Http2Fault Fail(Http2Fault fault)
    {
        if (Fault != Http2Fault.None)
            return Fault;
        CountFault(fault);
        WriteGoAway(_lastServedId, fault.ErrorCode(), fault.Details());
        Fault = fault;
        return fault;
    }

    private void CountFault(Http2Fault fault)
    {
        switch (fault)
        {
            case Http2Fault.EmptyFramesFlood:
                _counters.Add(Http2Counter.InboundEmptyFramesFlood);
                break;
            case Http2Fault.PriorityFramesFlood:
                _counters.Add(Http2Counter.InboundPriorityFramesFlood);
                break;
            case Http2Fault.WindowUpdateFramesFlood:
                _counters.Add(Http2Counter.InboundWindowUpdateFramesFlood);
                break;
            case Http2Fault.ContinuationFlood:
                _counters.Add(Http2Counter.InboundContinuationFramesFlood);
                break;
            case Http2Fault.OutboundFlood:
                _counters.Add(Http2Counter.OutboundFlood);
                break;
            case Http2Fault.OutboundControlFlood:
                _counters.Add(Http2Counter.OutboundControlFlood);
                break;
            case Http2Fault.PrematureResets:
                _counters.Add(Http2Counter.TooManyPrematureResets);
                break;
            case Http2Fault.UnderscoreInHeaderName:
                _counters.Add(Http2Counter.RequestsRejectedWithUnderscoresInHeaders);
                break;
            case Http2Fault.HeaderListTooLarge or Http2Fault.TooManyHeaders:
                _counters.Add(Http2Counter.HeaderOverflow);
                break;
        }
    }
}
