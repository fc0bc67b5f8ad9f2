// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>
/// The owner of a connection, told of what arrives from inside <see cref="Http2Connection.Receive"/> (and
/// <see cref="OnWritable"/> also from inside <see cref="Http2Connection.OnWritten"/> and where a stream ends). It may call
/// back into the connection: send, reset, release.
/// </summary>
public interface IHttp2Handler
{
    /// <summary>
    /// Server: a client opens a stream. Returns where its head is to be put, having set <see cref="Http2Stream.Owner"/> and
    /// <see cref="Http2Stream.Trailers"/>; null refuses the stream (REFUSED_STREAM), which the handler then never sees again.
    /// </summary>
    RequestHead? OnOpening(Http2Stream stream);

    /// <summary>Server: a block of fields has begun and goes on in CONTINUATION; nothing else can come before its end.</summary>
    void OnBlockBegun() { }

    /// <summary>Server: that block is complete.</summary>
    void OnBlockEnded() { }

    /// <summary>Server: the request's head is in <see cref="Http2Stream.Request"/>.</summary>
    void OnRequest(Http2Stream stream, bool endOfStream);

    /// <summary>Client: an interim head is in <see cref="Http2Stream.Response"/>, until the next one.</summary>
    void OnInterim(Http2Stream stream);

    /// <summary>Client: the final head is in <see cref="Http2Stream.Response"/>.</summary>
    void OnResponse(Http2Stream stream, bool endOfStream);

    /// <summary>
    /// Body, in pieces that need not be frames, valid during the call. The peer may send so many bytes again only when
    /// <see cref="Http2Connection.ReleaseReceived"/> was called for them.
    /// </summary>
    void OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endOfStream);

    /// <summary>The stream ends with the fields in <see cref="Http2Stream.Trailers"/>.</summary>
    void OnTrailers(Http2Stream stream);

    /// <summary>
    /// The stream is closed before its time: by the peer, by a fault of its (<see cref="Http2Stream.Fault"/>), or because the
    /// connection ended. Not told of resets by the handler itself.
    /// </summary>
    void OnReset(Http2Stream stream, Http2ErrorCode code);

    /// <summary>
    /// A stream whose <see cref="Http2Connection.SendData"/> took less than all may send again. It has to, or to end: what it
    /// may send is kept for it, and others wait.
    /// </summary>
    void OnWritable(Http2Stream stream);

    /// <summary>The peer's SETTINGS changed what a client may open.</summary>
    void OnSettings();

    /// <summary>The answer to a <see cref="Http2Connection.SendPing"/>.</summary>
    void OnPingAnswered(ulong payload);

    /// <summary>The peer opens, or admits, no more streams; those in progress go on.</summary>
    void OnGoAway(uint lastStreamId, Http2ErrorCode code);
}
