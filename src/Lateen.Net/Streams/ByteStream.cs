// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Buffers;
using Lateen.Net.Loop;
using Lateen.Net.Tls;

namespace Lateen.Net.Streams;

/// <summary>
/// A connection as its owner sees it: bytes in, bytes out, both directions apart. One loop owns it, and only that
/// loop's thread may touch it. At most one read and one write are under way at a time.
/// </summary>
public abstract class ByteStream
{
    private protected ByteStream(EventLoop loop) => Loop = loop;

    public EventLoop Loop { get; }

    /// <summary>Bytes received and not consumed yet; valid until the next call that reads or consumes.</summary>
    public abstract ReadOnlySpan<byte> Input { get; }

    /// <summary>Takes <paramref name="count"/> bytes off <see cref="Input"/>. The buffer goes back when it is empty.</summary>
    public abstract void Consume(int count);

    /// <summary>
    /// Waits for more bytes behind those in <see cref="Input"/>. While it waits with an empty input the stream holds no buffer.
    /// </summary>
    /// <param name="maxBuffered">Bytes of input the reader admits, 16 KiB by default, 64 KiB at the most.</param>
    /// <returns>Bytes added, or an <see cref="IoResult"/>.</returns>
    public abstract LoopTask<int> ReadAsync(int maxBuffered = DefaultMaxBuffered);

    /// <summary>
    /// Hands bytes to the kernel. Completes when it has them all, which is the back-pressure; what it does not take at
    /// once is copied, so the caller's buffer is free on return.
    /// </summary>
    /// <returns>A positive number, or an <see cref="IoResult"/>.</returns>
    public abstract LoopTask<int> WriteAsync(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// As <see cref="WriteAsync"/>, for bytes in front of a wait for the peer: up to 16 KiB leave once the loop has handled
    /// what has come, and count as written until then; that they could not be sent is told by the next write. The kernel's
    /// lack of room makes the next write wait.
    /// </summary>
    public abstract LoopTask<int> WriteSoonAsync(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// As <see cref="WriteAsync"/>, for the last bytes: they are kept back for the end that follows at once, by
    /// <see cref="ShutdownWrite"/> or <see cref="Close"/>, and both leave in one segment. Without an end they leave with the
    /// loop's turn (small ones under TLS) or after 200 ms (the kernel keeps them).
    /// </summary>
    public abstract LoopTask<int> WriteLastAsync(ReadOnlySpan<byte> bytes);

    /// <summary>Bytes that were written wait here: for the end of the turn, or for room in the kernel.</summary>
    public abstract bool HasUnsent { get; }

    /// <summary>Sends what was written, and completes when the kernel has it all.</summary>
    /// <returns>A positive number, or an <see cref="IoResult"/>.</returns>
    public abstract LoopTask<int> FlushAsync();

    /// <summary>Whether <see cref="SpliceAsync"/> may be called: both are plaintext sockets, and nothing is buffered.</summary>
    public abstract bool CanSpliceTo(ByteStream to);

    /// <summary>
    /// Waits for bytes and hands what has come to another stream, inside the kernel. Completes when the other one's kernel
    /// buffer has it all. As a read here and a write there: neither may be under way.
    /// </summary>
    /// <returns>Bytes moved, or an <see cref="IoResult"/>.</returns>
    public abstract LoopTask<int> SpliceAsync(ByteStream to, SplicePipe pipe);

    /// <summary>For a stream made by <see cref="EventLoop.Connect"/>: waits until the peer accepted or refused.</summary>
    /// <returns>A positive number, or an <see cref="IoResult"/>.</returns>
    public abstract LoopTask<int> ConnectAsync();

    /// <summary>
    /// Looks at what the peer sent first without taking it, for inspectors and before a handshake. Waits until there are
    /// more bytes than <paramref name="known"/>; then the first of them, up to its size, are in the loop's
    /// <see cref="EventLoop.Scratch"/> until the next suspension. Only while <see cref="Input"/> is empty.
    /// </summary>
    /// <returns>How many bytes are there, or an <see cref="IoResult"/>.</returns>
    public abstract LoopTask<int> PeekAsync(int known);

    /// <summary>
    /// Makes the connection a TLS one: what is read and written from here on is what is inside. A context says whether
    /// as server or as client. Before it nothing may have been read but by <see cref="PeekAsync"/>. After a failure the
    /// stream is of no more use, and <see cref="TlsFailure"/> says why.
    /// </summary>
    public abstract LoopTask<TlsOutcome> HandshakeAsync(TlsContext context, TlsClientOptions? client = null);

    /// <summary>What the handshake settled; null on a plaintext connection.</summary>
    public virtual TlsConnection? Tls => null;

    /// <summary>In words, why the handshake failed; empty when it did not.</summary>
    public virtual string TlsFailure => "";

    /// <summary>The same as Envoy tells it, for <c>%UPSTREAM_TRANSPORT_FAILURE_REASON%</c>; empty where OpenSSL has no error.</summary>
    public virtual string TlsFailureReason => "";

    /// <summary>The protocol that ALPN agreed on, as <c>h2</c>; empty for none and for plaintext.</summary>
    public string ApplicationProtocol => Tls?.ApplicationProtocol ?? "";

    /// <summary>Ends our side (TCP half-close; close_notify under TLS); reading goes on.</summary>
    public abstract void ShutdownWrite();

    /// <summary>
    /// Makes every operation, under way or to come, return <see cref="IoResult.Aborted"/>. For timeouts and for waking
    /// another method: the owner of the stream unwinds and closes.
    /// </summary>
    public abstract void Abort();

    /// <summary>
    /// The peer is to see a reset where it would see an end when the stream is closed: for a message that the end would complete.
    /// </summary>
    public abstract void ResetOnClose();

    /// <summary>
    /// Makes a read under way return <see cref="IoResult.Aborted"/> and leaves the stream usable: for a timeout that is to
    /// be answered. Does nothing when nobody reads.
    /// </summary>
    public abstract void CancelRead();

    /// <summary>
    /// Closes and gives back everything. No operation may be under way. May be called twice. What the kernel has no room for
    /// (<see cref="HasUnsent"/>) is lost; <see cref="FlushAsync"/> waits for it.
    /// </summary>
    public abstract void Close();

    /// <summary>True once the stream is closed, aborted or broken: it is of no more use.</summary>
    public abstract bool IsDead { get; }

    /// <summary>True when the peer has ended its side or broke the connection, whether or not that was read yet.</summary>
    public abstract bool PeerHasClosed { get; }

    /// <summary>
    /// True when the peer has sent something nobody asked for, or closed: an idle upstream connection that shows this is not
    /// used again.
    /// </summary>
    public abstract bool HasUnreadInput { get; }

    /// <summary>
    /// Told, once, through the loop's ready queue, when the peer ends its side or breaks the connection while nobody reads:
    /// how an exchange that waits for its upstream notices that its client went away. Null for nobody.
    /// </summary>
    public IPeerCloseWatcher? CloseWatcher
    {
        get;
        set
        {
            field = value;
            if (value is not null)
                OnWatched();
        }
    }

    /// <summary>Told once when the stream is closed, whoever closes it; null for nobody.</summary>
    public IStreamOwner? Owner { get; set; }

    /// <summary>What listener filters found out; nothing on an upstream connection.</summary>
    public InspectedConnection Inspected { get; set; } = InspectedConnection.Nothing;

    /// <summary>SNI that the client sent, to us or past us; empty for none.</summary>
    public string ServerName => Tls is { ServerName.Length: > 0 } tls ? tls.ServerName : Inspected.ServerName;

    /// <summary>Whose connection it is: the socket's peer, unless a PROXY protocol header named another.</summary>
    public NetAddress RemoteAddress => Inspected.Remote.IsNone ? DirectRemoteAddress : Inspected.Remote;

    /// <summary>The socket's peer.</summary>
    public abstract NetAddress DirectRemoteAddress { get; }

    /// <summary>Where it goes: the socket's address, for which the kernel is asked each time, unless another was restored.</summary>
    public NetAddress GetLocalAddress() => Inspected.Local.IsNone ? GetSocketAddress() : Inspected.Local;

    private protected abstract NetAddress GetSocketAddress();

    /// <summary>Where the client meant to go before iptables redirected it here (SO_ORIGINAL_DST).</summary>
    public abstract bool TryGetOriginalDestination(out NetAddress destination);

    /// <summary>Bytes received from and sent to the peer so far; under TLS those inside it, as Envoy counts.</summary>
    public long BytesRead { get; private protected set; }

    /// <inheritdoc cref="BytesRead"/>
    public long BytesWritten { get; private protected set; }

    public const int DefaultMaxBuffered = 16 * 1024;

    /// <summary>Somebody watches from here on: what came before and shows itself by no further event is looked for.</summary>
    private protected virtual void OnWatched() { }
}

/// <summary>See <see cref="ByteStream.Owner"/>.</summary>
public interface IStreamOwner
{
    void OnClosed(ByteStream stream);
}

/// <summary>See <see cref="ByteStream.CloseWatcher"/>.</summary>
public interface IPeerCloseWatcher
{
    void OnPeerClosed(ByteStream stream);
}
