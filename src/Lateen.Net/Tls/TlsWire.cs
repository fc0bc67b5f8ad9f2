// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lateen.Net.Buffers;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// The socket as OpenSSL reads and writes it (a BIO of ours). Its own would send each message of a handshake for itself;
/// here those of one step leave together, and the session tickets of TLS 1.3 with the first bytes that follow them.
/// </summary>
internal sealed unsafe class TlsWire(BufferPool buffers)
{
    private const int Again = -1;
    private const int RetryFlags = OpenSslFlags.BioReads | OpenSslFlags.BioWrites | OpenSslFlags.BioShouldRetry;

    private static readonly nint s_method = NewMethod();

    private readonly nint _bio = NewBio();
    private int _descriptor;
    private bool _asksForRetry;
    private bool _holdsBack;
    private bool _peerClosed;
    private NativeBuffer _held;
    private int _heldLength;

    /// <summary>From now on a connection reads and writes through this.</summary>
    public void Begin(nint ssl, int descriptor)
    {
        _descriptor = descriptor;
        _ = LibCrypto.ShareBio(_bio);
        OpenSsl.SetBio(ssl, _bio, _bio); // which owns the share
    }

    /// <summary>The connection is gone. What was held for it is freed.</summary>
    public void End()
    {
        Forget(_heldLength);
        LibCrypto.ClearBioFlags(_bio, RetryFlags | OpenSslFlags.BioIsAtEnd);
        _descriptor = -1;
        _asksForRetry = _holdsBack = _peerClosed = false;
        IsDrained = false;
        SendFlags = Sockets.NoSignal;
    }

    public void Dispose() => _ = LibCrypto.FreeBio(_bio);

    /// <summary>The kernel had no more when it was asked last, and no edge came since.</summary>
    public bool IsDrained { get; private set; }

    /// <summary>Bytes wait here for the next ones, for <see cref="Flush"/>, or for room in the kernel.</summary>
    public bool HoldsAny => _heldLength > 0;

    /// <summary>Of send(2).</summary>
    public int SendFlags { get; set; } = Sockets.NoSignal;

    /// <summary>Something came to the socket. Behind the peer's end there are no more edges: then only the kernel knows.</summary>
    public void OnEdge(bool peerClosed)
    {
        IsDrained = false;
        _peerClosed = peerClosed;
    }

    /// <summary>Keeps what is written, until <see cref="Release"/>.</summary>
    public void HoldBack() => _holdsBack = true;

    /// <summary>What is written goes out again, what was held in front of it.</summary>
    public void Release() => _holdsBack = false;

    /// <summary>Sends what is held: done, or the kernel has no room for all of it, or the socket is broken.</summary>
    public TlsProgress Flush()
    {
        if (_heldLength == 0)
            return TlsProgress.Done;
        var sent = Send(_held.Pointer, _heldLength, out var isBroken);
        Forget(sent);
        return isBroken ? TlsProgress.Failed
            : _heldLength > 0 ? TlsProgress.WantWrite
            : TlsProgress.Done;
    }

    private int Read(byte* buffer, int length)
    {
        ClearRetry();
        while (!IsDrained || _peerClosed)
        {
            var received = Libc.Receive(_descriptor, buffer, (nuint)length, 0);
            if (received >= 0)
            {
                if (received == 0)
                    LibCrypto.SetBioFlags(_bio, OpenSslFlags.BioIsAtEnd);
                // A short read has drained the socket.
                IsDrained = received > 0 && received < length;
                return (int)received;
            }
            var error = Marshal.GetLastPInvokeError();
            if (error == Errno.Interrupted)
                continue;
            if (error != Errno.TryAgain)
                return Again;
            IsDrained = true;
            break;
        }
        AskForRetry(OpenSslFlags.BioReads);
        return Again;
    }

    /// <summary>Says of how many of these bytes OpenSSL is rid; those that were held go first.</summary>
    private int Write(byte* bytes, int length)
    {
        ClearRetry();
        var before = _heldLength;
        if (_holdsBack || before > 0)
            Hold(bytes, length);
        if (_holdsBack)
            return length;
        var sent = before > 0 ? Send(_held.Pointer, _heldLength, out var isBroken) : Send(bytes, length, out isBroken);
        if (before > 0)
        {
            // Of the new bytes none stay here: OpenSSL offers them again.
            _heldLength = before;
            Forget(Math.Min(sent, before));
        }
        if (sent > before)
            return sent - before;
        if (!isBroken)
            AskForRetry(OpenSslFlags.BioWrites);
        return Again;
    }

    private int Send(byte* bytes, int length, out bool isBroken)
    {
        while (true)
        {
            var sent = Libc.Send(_descriptor, bytes, (nuint)length, SendFlags);
            isBroken = false;
            if (sent >= 0)
                return (int)sent;
            var error = Marshal.GetLastPInvokeError();
            if (error == Errno.Interrupted)
                continue;
            isBroken = error != Errno.TryAgain;
            return 0;
        }
    }

    private void Hold(byte* bytes, int length)
    {
        if (_heldLength + length > _held.Length)
        {
            var larger = buffers.Rent(_heldLength + length);
            Held.CopyTo(larger.Span);
            ReturnHeld();
            _held = larger;
        }
        new ReadOnlySpan<byte>(bytes, length).CopyTo(_held.Span[_heldLength..]);
        _heldLength += length;
    }

    private ReadOnlySpan<byte> Held => new(_held.Pointer, _heldLength);

    private void Forget(int count)
    {
        Held[count..].CopyTo(_held.Span);
        _heldLength -= count;
        if (_heldLength == 0)
            ReturnHeld();
    }

    private void ReturnHeld()
    {
        if (!_held.IsNone)
            buffers.Return(_held);
        _held = default;
    }

    private void AskForRetry(int direction)
    {
        LibCrypto.SetBioFlags(_bio, direction | OpenSslFlags.BioShouldRetry);
        _asksForRetry = true;
    }

    private void ClearRetry()
    {
        if (!_asksForRetry)
            return;
        LibCrypto.ClearBioFlags(_bio, RetryFlags);
        _asksForRetry = false;
    }

    private static nint NewBio()
    {
        var bio = LibCrypto.NewBio(s_method);
        if (bio == 0)
            throw new InvalidOperationException($"BIO_new failed{Pem.Reason()}");
        LibCrypto.SetBioReady(bio, 1);
        return bio;
    }

    private static nint NewMethod()
    {
        var method = LibCrypto.NewBioMethod(OpenSslFlags.BioSourceAndSink | LibCrypto.NewBioIndex(), "lateen socket");
        _ = LibCrypto.SetBioRead(method, &OnRead);
        _ = LibCrypto.SetBioWrite(method, &OnWrite);
        // That of sockets knows of nothing but the flags, and is asked a dozen times for each request.
        _ = LibCrypto.SetBioControl(method, LibCrypto.GetBioControl(LibCrypto.SocketBioMethod()));
        return method;
    }

    // OpenSSL calls these within a call of the engine that is current, and none of them throws.

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnRead(nint bio, byte* buffer, int length) => TlsEngine.Current!.Wire.Read(buffer, length);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(nint bio, byte* bytes, int length) => TlsEngine.Current!.Wire.Write(bytes, length);
}
