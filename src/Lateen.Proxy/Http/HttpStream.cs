// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;

namespace Lateen.Proxy.Http;

/// <summary>
/// One exchange's share of a connection, as the exchange sees it whatever protocol is spoken: a body that comes in, a body
/// that goes out. Heads are the business of <see cref="ServerStream"/> and <see cref="ClientStream"/>. One loop owns it.
/// </summary>
/// <remarks>
/// What comes in is taken with <see cref="Read"/>, run by run, and stays the stream's until <see cref="Release"/>: that
/// gives buffers and flow-control credit back, which is the back-pressure. Until then <see cref="Rewind"/> starts over,
/// which is how a request is sent a second time. What goes out is staged with <see cref="Append"/> and sent with
/// <see cref="FlushAsync"/>; nothing may be awaited between the two, since staging uses the loop's scratch space.
/// </remarks>
internal abstract class HttpStream
{
    /// <summary>Trailers of the message that comes in; complete when its body is.</summary>
    public HeaderMap Trailers { get; } = new();

    /// <summary>Everything of the body that comes in was read.</summary>
    public abstract bool IsBodyComplete { get; }

    /// <summary>Something is here that was not read; it may turn out to be framing alone.</summary>
    public abstract bool HasUnread { get; }

    /// <summary>Bytes that were read and not released, framing included.</summary>
    public abstract int Held { get; }

    /// <summary>Bytes of the body that are here, read or not.</summary>
    public abstract int Buffered { get; }

    /// <summary>Takes the next run of payload that is here.</summary>
    /// <param name="max">Bytes at the most.</param>
    /// <param name="payload">Valid until the next call that waits, releases or writes.</param>
    public abstract BodyStatus Read(int max, out ReadOnlySpan<byte> payload);

    /// <summary>What was read is of no more use.</summary>
    public abstract void Release();

    /// <summary>Reads again what was not released.</summary>
    public abstract void Rewind();

    /// <summary>Waits until there is more to <see cref="Read"/>.</summary>
    /// <returns>A positive number, or an <see cref="IoResult"/>; <see cref="IoResult.BufferFull"/> when too much is held.</returns>
    public abstract LoopTask<int> WaitForBodyAsync();

    /// <summary>Makes a <see cref="WaitForBodyAsync"/> under way return <see cref="IoResult.Aborted"/>.</summary>
    public abstract void CancelWait();

    /// <summary>Payload that may be appended now; 0 while the peer admits nothing more.</summary>
    public abstract int Room { get; }

    /// <summary>Stages payload, at most <see cref="Room"/> bytes of it.</summary>
    public abstract void Append(ReadOnlySpan<byte> payload);

    /// <summary>Stages the end of the message.</summary>
    public abstract void End(HeaderMap trailers);

    /// <summary>Sends what is staged. Completes when it may be followed by more, as far as the transport goes.</summary>
    /// <returns>A positive number, or an <see cref="IoResult"/>.</returns>
    public abstract LoopTask<int> FlushAsync();

    /// <summary>Waits until the peer's flow control admits more, so that there is <see cref="Room"/> again.</summary>
    /// <returns>A positive number, or an <see cref="IoResult"/>.</returns>
    public abstract LoopTask<int> WaitForRoomAsync();

    /// <summary>
    /// Gives the exchange up on this side: whoever waits here is woken with <see cref="IoResult.Aborted"/>, and the peer
    /// learns that the message will not be completed.
    /// </summary>
    public abstract void Abort();
}
