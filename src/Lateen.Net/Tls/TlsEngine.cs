// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// TLS on one socket: OpenSSL reads and writes the descriptor itself, with read-ahead, and gives its buffers back when
/// they are empty. Never waits; says what to wait for. One loop's thread only.
/// </summary>
internal sealed unsafe class TlsEngine
{
    /// <summary>The engine whose call is under way on this thread: whom OpenSSL's callbacks are about.</summary>
    [ThreadStatic]
    private static TlsEngine? s_current;

    /// <summary>
    /// What OpenSSL asks the kernel for at most when its buffer is empty; a little below the real size, to be safe. Less
    /// than that in one call means that the socket is drained.
    /// </summary>
    private const ulong ReadAheadSize = 16 * 1024;

    private readonly nint _readBio;
    private nint _ssl;
    private bool _isBroken;
    private bool _mayHoldInput = true;

    public TlsEngine(TlsContext context, int descriptor, TlsClientOptions client)
    {
        Context = context;
        ExpectedHost = client.ExpectedHost;
        ServerName = client.ServerName;
        Sessions = client.Sessions;
        _ssl = OpenSsl.New(context.Native);
        GC.KeepAlive(context);
        if (_ssl == 0 || OpenSsl.SetDescriptor(_ssl, descriptor) != 1)
            throw new InvalidOperationException($"SSL_new failed{Pem.Reason()}");
        _readBio = OpenSsl.GetReadBio(_ssl);
        if (context.Role == TlsRole.Server)
            OpenSsl.SetAcceptState(_ssl);
        else
            PrepareClient(client);
    }

    public static TlsEngine? Current => s_current;

    public TlsContext Context { get; }

    public TlsSessions? Sessions { get; }

    /// <summary>SNI to send, or, at a server, the one that came.</summary>
    public string ServerName { get; private set; }

    public string? ExpectedHost { get; }

    /// <summary>The peer's certificate once it was looked at.</summary>
    public PeerCertificate? Peer { get; set; }

    /// <summary>The first thing a check found wrong; <see cref="TlsOutcome.Established"/> for nothing.</summary>
    public TlsOutcome VerifyOutcome { get; private set; }

    /// <summary>In words, what went wrong; empty for nothing.</summary>
    public string FailureDetail { get; set; } = "";

    public void OnVerifyFailed(TlsOutcome outcome) => VerifyOutcome = outcome;

    /// <summary>Takes the handshake as far as it goes.</summary>
    public TlsProgress Handshake()
    {
        s_current = this;
        var result = OpenSsl.DoHandshake(_ssl);
        if (result == 1)
            return TlsProgress.Done;
        return ProgressOf(result);
    }

    /// <summary>What a handshake that broke is called.</summary>
    public TlsOutcome FailureOutcome { get; private set; } = TlsOutcome.ConnectionError;

    /// <summary>What the handshake settled; call once it is done.</summary>
    public TlsConnection Describe()
    {
        byte* protocol;
        uint length;
        OpenSsl.GetAlpnSelected(_ssl, &protocol, &length);
        if (Context.Role == TlsRole.Server)
            ServerName = ReadServerName();
        if (Peer is null)
            ReadPeer();
        return new TlsConnection(
            AlpnList.ToText(new ReadOnlySpan<byte>(protocol, (int)length)),
            ServerName,
            TlsNames.Version(OpenSsl.GetVersion(_ssl)),
            TlsNames.Cipher(OpenSsl.GetCurrentCipher(_ssl)),
            TlsNames.Group((int)OpenSsl.Control(_ssl, OpenSslControl.GetNegotiatedGroup, 0, 0)),
            OpenSsl.IsSessionReused(_ssl) == 1,
            Peer,
            Context.OwnCertificate,
            Peer is not null && Context.Verifier is not null && VerifyOutcome == TlsOutcome.Established
        );
    }

    /// <summary>The last word on a handshake that OpenSSL is content with: what an earlier session vouches for must still hold.</summary>
    public TlsOutcome Accept(TlsConnection connection)
    {
        if (!connection.IsResumed || Context.Verifier is not { } verifier)
            return TlsOutcome.Established;
        if (connection.Peer is null && (Context.Options.RequireClientCertificate || Context.Role == TlsRole.Client))
        {
            FailureDetail = "the session of an earlier connection has no certificate";
            return TlsOutcome.NoPeerCertificate;
        }
        // OpenSSL goes by the system's clock too.
        if (verifier.AdmitsResumed(connection.Peer, TimeProvider.System.GetUtcNow()))
            return TlsOutcome.Established;
        FailureDetail = "the certificate of the earlier session is not valid any more";
        return TlsOutcome.UntrustedPeer;
    }

    public string ReadServerName() =>
        Marshal.PtrToStringUTF8((nint)OpenSsl.GetServerName(_ssl, OpenSslNames.HostName))?.ToLowerInvariant() ?? "";

    /// <summary>Decrypts into a buffer; on <see cref="TlsProgress.Done"/> some bytes came.</summary>
    /// <param name="drained">True when neither OpenSSL nor the kernel has more: only a new edge will tell of more.</param>
    public TlsProgress Receive(byte* buffer, int length, out int received, out bool drained)
    {
        s_current = this;
        var before = LibCrypto.BytesReadBy(_readBio);
        received = OpenSsl.Read(_ssl, buffer, length);
        if (received > 0)
        {
            var fresh = LibCrypto.BytesReadBy(_readBio) - before;
            var holdsInput = OpenSsl.HasPending(_ssl) == 1;
            // Bytes left from before make the kernel's share of the buffer smaller, so then nothing is known.
            drained = !holdsInput && !_mayHoldInput && fresh > 0 && fresh < ReadAheadSize;
            _mayHoldInput = holdsInput;
            return TlsProgress.Done;
        }
        var progress = ProgressOf(received);
        drained = progress == TlsProgress.WantRead;
        // Part of a record may be there, which makes the kernel's share of the buffer smaller next time.
        _mayHoldInput = drained && OpenSsl.HasPending(_ssl) == 1;
        return progress;
    }

    /// <summary>Whether bytes for the reader have come, or the peer's end; takes in what is only about TLS, as new tickets.</summary>
    public TlsProgress Probe()
    {
        s_current = this;
        byte first;
        var result = OpenSsl.Peek(_ssl, &first, 1);
        if (result > 0)
            _mayHoldInput = true;
        return result > 0 ? TlsProgress.Done : ProgressOf(result);
    }

    /// <summary>Encrypts and sends as much as the kernel takes; the rest must be offered again from its first byte.</summary>
    public TlsProgress Send(ReadOnlySpan<byte> bytes, out int sent)
    {
        s_current = this;
        sent = 0;
        fixed (byte* start = bytes)
        {
            while (sent < bytes.Length)
            {
                var result = OpenSsl.Write(_ssl, start + sent, bytes.Length - sent);
                if (result <= 0)
                    return ProgressOf(result);
                sent += result;
            }
        }
        return TlsProgress.Done;
    }

    /// <summary>Says close_notify (RFC 8446 §6.1). <see cref="TlsProgress.WantWrite"/> when the kernel has no room for it.</summary>
    public TlsProgress Shutdown()
    {
        if (_isBroken)
            return TlsProgress.Failed;
        var result = OpenSsl.Shutdown(_ssl);
        return result >= 0 ? TlsProgress.Done : ProgressOf(result);
    }

    public void Free()
    {
        OpenSsl.Free(_ssl);
        _ssl = 0;
        if (ReferenceEquals(s_current, this))
            s_current = null;
    }

    private void PrepareClient(TlsClientOptions client)
    {
        OpenSsl.SetConnectState(_ssl);
        if (client.ServerName.Length > 0)
            OpenSsl.Control(_ssl, OpenSslControl.SetServerName, OpenSslNames.HostName, client.ServerName);
        var protocols = client.ApplicationProtocols.IsEmpty
            ? AlpnList.Encode(Context.Options.ApplicationProtocols)
            : client.ApplicationProtocols.Span;
        fixed (byte* pointer = protocols)
            _ = OpenSsl.SetAlpnProtocols(_ssl, pointer, (uint)protocols.Length);
        using var session = Sessions?.Take(this);
        if (session is not null)
            _ = OpenSsl.SetSession(_ssl, session.DangerousGetHandle());
    }

    /// <summary>Of a resumed session, or where nobody asked for a check.</summary>
    private void ReadPeer()
    {
        var certificate = OpenSsl.GetPeerCertificate(_ssl);
        if (certificate == 0)
            return;
        Peer = NativeCertificate.Describe(certificate);
        LibCrypto.FreeCertificate(certificate);
    }

    private TlsProgress ProgressOf(int result)
    {
        switch (OpenSsl.GetError(_ssl, result))
        {
            case OpenSslResult.WantRead:
                return TlsProgress.WantRead;
            case OpenSslResult.WantWrite:
                return TlsProgress.WantWrite;
            case OpenSslResult.EndOfStream:
                return TlsProgress.EndOfStream;
            default:
                OnBroken();
                return TlsProgress.Failed;
        }
    }

    /// <summary>Takes the reason off the thread's queue of errors, which must be empty before the next call on any connection.</summary>
    private void OnBroken()
    {
        _isBroken = true;
        var error = LibCrypto.TakeError();
        LibCrypto.ClearErrors();
        if (VerifyOutcome != TlsOutcome.Established)
            FailureOutcome = VerifyOutcome;
        else if (((int)error & OpenSslResult.ReasonMask) == OpenSslResult.ReasonNoPeerCertificate)
            FailureOutcome = TlsOutcome.NoPeerCertificate;
        if (FailureDetail.Length == 0)
            FailureDetail = TlsNames.Error(error);
    }
}

/// <summary>What came of a call that never waits.</summary>
internal enum TlsProgress : byte
{
    Done,
    WantRead,
    WantWrite,
    EndOfStream,
    Failed,
}
