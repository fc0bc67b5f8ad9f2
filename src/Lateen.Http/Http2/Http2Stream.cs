// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>The states of a stream (RFC 9113 §5.1); there are no reserved ones, for nobody pushes.</summary>
/// <remarks>
/// <code>
///                   ┌──────┐
///                   │ Idle │
///                   └──┬───┘
///                      │ HEADERS, by either side
///                   ┌──▼───┐
///   we end  ┌───────┤ Open ├───────┐ peer ends
///           │       └──┬───┘       │
/// ┌─────────▼───────┐  │  ┌────────▼─────────┐
/// │ HalfClosedLocal │  │  │ HalfClosedRemote │
/// └─────────┬───────┘  │  └────────┬─────────┘
///           │ peer ends│           │ we end
///           │          │ RST_STREAM, by either side, from each
///           │      ┌───▼────┐      │
///           └──────► Closed ◄──────┘
///                  └────────┘
/// </code>
/// "Ends" is a frame with END_STREAM: HEADERS (a head without body, or trailers) or DATA.
/// </remarks>
public enum Http2StreamState : byte
{
    Idle,
    Open,
    HalfClosedLocal,
    HalfClosedRemote,
    Closed,
}

/// <summary>
/// One request and its response. The connection gives it out and its owner gives it back with
/// <see cref="Http2Connection.Release"/>, in whatever state; until then it is nobody else's, also when it is closed long since.
/// </summary>
public sealed class Http2Stream
{
    internal Http2Stream() { }

    /// <summary>Odd; 0 before a client has sent the request.</summary>
    public uint Id { get; internal set; }

    public Http2StreamState State { get; internal set; }

    /// <summary>What the owner needs to find its way back; the connection does not look at it.</summary>
    public object? Owner { get; set; }

    /// <summary>Where a server's connection puts the request; set from what <see cref="IHttp2Handler.OnOpening"/> returns.</summary>
    public RequestHead? Request { get; internal set; }

    /// <summary>Where a client's connection puts the response's head, interim ones too. The owner sets it before it sends.</summary>
    public ResponseHead? Response { get; set; }

    /// <summary>Where trailers go; null drops them.</summary>
    public HeaderMap? Trailers { get; set; }

    /// <summary>Bytes of body that the peer's Content-Length announced; -1 without.</summary>
    public long ContentLength { get; internal set; }

    /// <summary>The client waits for 100 (Continue).</summary>
    public bool ExpectsContinue { get; internal set; }

    /// <summary>
    /// An extended CONNECT (RFC 8441). Its request reads as HTTP/1 has it, as in Envoy: GET with an Upgrade line; and so do
    /// the responses that are sent and received: 101 where the wire has 200.
    /// </summary>
    public bool IsUpgrade { get; internal set; }

    /// <summary>What the peer did wrong, when that is why the stream was reset.</summary>
    public Http2Fault Fault { get; internal set; }

    /// <summary>
    /// True for a client's stream that the server said it has not processed, by GOAWAY or REFUSED_STREAM: the request may
    /// be sent again whatever it is (RFC 9113 §8.7).
    /// </summary>
    public bool IsUnprocessed { get; internal set; }

    /// <summary>Bytes of DATA that the peer's window of this stream has room for; negative after it was made smaller.</summary>
    public long SendWindow { get; internal set; }

    /// <summary>Bytes of DATA that were received and not released.</summary>
    public int UnreleasedBytes { get; internal set; }

    /// <summary>True when the peer has ended its side.</summary>
    public bool IsRemoteClosed => State is Http2StreamState.HalfClosedRemote or Http2StreamState.Closed;

    /// <summary>True when we have ended our side, or may send no more.</summary>
    public bool IsLocalClosed => State is Http2StreamState.HalfClosedLocal or Http2StreamState.Closed;

    internal long ReceiveWindow { get; set; }

    /// <summary>Released bytes that the peer has not been told of.</summary>
    internal int Credit { get; set; }

    internal long BodyReceived { get; set; }

    /// <summary>Bytes of body that have to come: as announced, or none where the message can have none; -1 for any number.</summary>
    internal long BodyExpected { get; set; }

    internal long OpenedAt { get; set; }

    internal bool HeadReceived { get; set; }

    internal bool HeadSent { get; set; }

    /// <summary>The request was HEAD, so the response has no body whatever its Content-Length says.</summary>
    internal bool IsHead { get; set; }

    /// <summary>The owner was told that it could not send all, for want of the stream's window.</summary>
    internal bool WantsWindow { get; set; }

    /// <summary>It is this stream's turn in <see cref="SendQueue"/>.</summary>
    internal bool HasTurn { get; set; }

    internal bool IsQueued { get; set; }

    internal Http2Stream? NextInQueue { get; set; }

    internal Http2Stream? PreviousInQueue { get; set; }

    internal void Reset()
    {
        Id = 0;
        State = Http2StreamState.Idle;
        Owner = null;
        Request = null;
        Response = null;
        Trailers = null;
        ContentLength = BodyExpected = -1;
        ExpectsContinue = IsUpgrade = IsUnprocessed = false;
        Fault = Http2Fault.None;
        SendWindow = ReceiveWindow = 0;
        UnreleasedBytes = Credit = 0;
        BodyReceived = OpenedAt = 0;
        HeadReceived = HeadSent = IsHead = WantsWindow = HasTurn = false;
    }

    /// <summary>The peer ended its side.</summary>
    internal void OnRemoteEnd() =>
        State = State == Http2StreamState.HalfClosedLocal ? Http2StreamState.Closed : Http2StreamState.HalfClosedRemote;

    /// <summary>We ended our side.</summary>
    internal void OnLocalEnd() =>
        State = State == Http2StreamState.HalfClosedRemote ? Http2StreamState.Closed : Http2StreamState.HalfClosedLocal;
}
