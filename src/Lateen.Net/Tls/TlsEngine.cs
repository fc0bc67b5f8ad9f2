// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Lateen.Net.Buffers;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// TLS on one socket: OpenSSL reads and writes it through <see cref="Wire"/>, with read-ahead. Never waits; says what
/// to wait for. One loop's thread only; used again for the next connection.
/// </summary>
internal sealed unsafe class TlsEngine(BufferPool buffers)
{
    /// <summary>The engine whose call is under way on this thread: whom OpenSSL's callbacks are about.</summary>
    [ThreadStatic]
    private static TlsEngine? s_current;

    private nint _ssl;
    private bool _isBroken;
    private NativeCertificate? _selected;

    /// <summary>Begins a connection's life.</summary>
    public void Begin(TlsContext context, int descriptor, TlsClientOptions client)
    {
        Context = context;
        ExpectedHost = client.ExpectedHost;
        ServerName = client.ServerName;
        Sessions = client.Sessions;
        _ssl = OpenSsl.New(context.Native);
        GC.KeepAlive(context);
        if (_ssl == 0)
            throw new InvalidOperationException($"SSL_new failed{Pem.Reason()}");
        Wire.Begin(_ssl, descriptor);
        if (context.Role == TlsRole.Server)
            OpenSsl.SetAcceptState(_ssl);
        else
            PrepareClient(client);
    }

    /// <summary>Ends it: the next connection finds nothing of this one.</summary>
    public void End()
    {
        OpenSsl.Free(_ssl);
        Wire.End();
        _ssl = 0;
        _isBroken = false;
        _selected = null;
        Context = null!;
        Sessions = null;
        ServerName = "";
        ExpectedHost = null;
        Peer = null;
        VerifyOutcome = TlsOutcome.Established;
        FailureOutcome = TlsOutcome.ConnectionError;
        FailureDetail = FailureReason = "";
        Ocsp = default;
        if (ReferenceEquals(s_current, this))
            s_current = null;
    }

    /// <summary>Frees what is left of an engine that has ended its last connection.</summary>
    public void Dispose() => Wire.Dispose();

    public static TlsEngine? Current => s_current;

    public TlsContext Context { get; private set; } = null!;

    public TlsWire Wire { get; } = new(buffers);

    public TlsSessions? Sessions { get; private set; }

    /// <summary>SNI to send, or, at a server, the one that came.</summary>
    public string ServerName { get; private set; } = "";

    public string? ExpectedHost { get; private set; }

    /// <summary>The peer's certificate once it was looked at.</summary>
    public PeerCertificate? Peer { get; set; }

    /// <summary>The first thing a check found wrong; <see cref="TlsOutcome.Established"/> for nothing.</summary>
    public TlsOutcome VerifyOutcome { get; private set; }

    /// <summary>In words, what went wrong; empty for nothing.</summary>
    public string FailureDetail { get; set; } = "";

    /// <summary>The same as Envoy tells it: <c>TLS_error:</c>, OpenSSL's errors and the detail, <c>:TLS_error_end</c>.</summary>
    public string FailureReason { get; private set; } = "";

    /// <summary>What became of the client's wish for an OCSP response.</summary>
    public OcspOutcome Ocsp { get; private set; }

    public void OnVerifyFailed(TlsOutcome outcome) => VerifyOutcome = outcome;

    /// <summary>Takes the handshake as far as it goes.</summary>
    public TlsProgress Handshake()
    {
        s_current = this;
        if (Wire.Flush() is not TlsProgress.Done and var waits)
            return OnFlushed(waits);
        Wire.HoldBack();
        var result = OpenSsl.DoHandshake(_ssl);
        Wire.Release();
        ReleaseBuffers(isDone: result == 1);
        var progress = result == 1 ? TlsProgress.Done : ProgressOf(result);
        if (progress == TlsProgress.Done && EndsWithTickets)
            return progress;
        // An alert too, but what went wrong before it counts.
        var flushed = Wire.Flush();
        return flushed == TlsProgress.Done || progress == TlsProgress.Failed ? progress : OnFlushed(flushed);
    }

    /// <summary>
    /// A connection that waits holds none of OpenSSL's buffers, 33 KiB. During a step of the handshake they stay, or each
    /// message would allocate them anew; later OpenSSL frees them as soon as they are empty.
    /// </summary>
    private void ReleaseBuffers(bool isDone)
    {
        _ = OpenSsl.FreeBuffers(_ssl); // unless there is something in them
        if (isDone)
            OpenSsl.Control(_ssl, OpenSslControl.Mode, OpenSslFlags.ReleaseBuffers, 0);
    }

    /// <summary>
    /// A server's last messages are tickets (RFC 8446 §4.6.1), which nobody waits for: they go with the first bytes, as
    /// BoringSSL and so Envoy have it.
    /// </summary>
    private bool EndsWithTickets =>
        Context.Role == TlsRole.Server && OpenSsl.GetVersionNumber(_ssl) == (int)TlsVersion.Tls13;

    private TlsProgress OnFlushed(TlsProgress progress)
    {
        if (progress == TlsProgress.Failed)
            OnBroken();
        return progress;
    }

    /// <summary>Whether reading may bring something without a new edge.</summary>
    public bool MayHaveInput => HoldsInput || !Wire.IsDrained;

    private bool HoldsInput => OpenSsl.HasPending(_ssl) == 1;

    /// <summary>What a handshake that broke is called.</summary>
    public TlsOutcome FailureOutcome { get; private set; } = TlsOutcome.ConnectionError;

    /// <summary>What the handshake settled; call once it is done.</summary>
    public TlsConnection Describe()
    {
        if (Context.Role == TlsRole.Server)
            ServerName = ReadServerName();
        return TlsConnectionReader.Read(_ssl, this);
    }

    /// <summary>The certificate this side showed, or, in a resumption, would have; and what became of a wish for its staple.</summary>
    public NativeCertificate? ShownCertificate(bool isResumed)
    {
        var shown = _selected ?? Context.FirstCertificate;
        if (Context.Selector is not { } selector || shown is null)
            return shown;
        if (isResumed)
            shown = selector.SelectByName(ServerName);
        if (Ocsp == OcspOutcome.NotRequested && AsksForStaple())
            Ocsp = selector.OutcomeFor(shown) == OcspOutcome.Stapled ? OcspOutcome.Stapled : OcspOutcome.Omitted;
        return shown;
    }

    /// <summary>
    /// Whether the server's RSA certificate says that its key is not for what it does (RFC 5246 §7.4.2). OpenSSL does not
    /// look; it checks the uses of other keys.
    /// </summary>
    public bool HasWrongKeyUsage(PeerCertificate? peer)
    {
        if (Context.Role != TlsRole.Client || peer is not { HasRsaKey: true, KeyUsage: { } usage })
            return false;
        var cipher = OpenSsl.GetPendingCipher(_ssl);
        if (cipher == 0)
            cipher = OpenSsl.GetCurrentCipher(_ssl);
        var needed =
            OpenSsl.GetKeyExchange(cipher) == OpenSslNames.ExchangeRsa
                ? KeyUsages.KeyEncipherment
                : KeyUsages.DigitalSignature;
        return (usage & needed) == KeyUsages.None;
    }

    /// <summary>Gives the connection the certificate that its client's hello asks for; false when there is none to give.</summary>
    public bool InstallCertificate()
    {
        _selected = Context.Selector!.Select(_ssl, ReadServerName());
        if (_selected is null)
        {
            Ocsp = OcspOutcome.Failed;
            VerifyOutcome = TlsOutcome.NoStaple;
            FailureDetail = "no certificate has the OCSP response that ocsp_staple_policy asks for";
            return false;
        }
        OpenSsl.ClearCertificates(_ssl);
        return OpenSsl.UseCertificateFor(_ssl, _selected.Leaf, _selected.Key, _selected.Issuers, 1) == 1;
    }

    /// <summary>Gives the connection the OCSP response about its certificate; false when there is none to show.</summary>
    public bool InstallStaple()
    {
        var shown = _selected ?? Context.FirstCertificate!;
        Ocsp = Context.Selector!.OutcomeFor(shown);
        if (Ocsp != OcspOutcome.Stapled)
            return false;
        var response = shown.Staple!.Encoded;
        var copy = LibCrypto.Allocate((nuint)response.Length, 0, 0); // OpenSSL frees it with the connection
        response.CopyTo(new Span<byte>(copy, response.Length));
        return OpenSsl.Control(_ssl, OpenSslControl.SetStatusResponse, response.Length, (nint)copy) == 1;
    }

    private bool AsksForStaple() =>
        OpenSsl.Control(_ssl, OpenSslControl.GetStatusKind, 0, 0) == OpenSslResult.StatusIsOcsp;

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
        Sessions?.Clear();
        return TlsOutcome.UntrustedPeer;
    }

    public string ReadServerName()
    {
        var name = OpenSsl.GetServerName(_ssl, OpenSslNames.HostName);
        if (name is null)
            return "";
        var known = Context.LastConnection?.ServerName;
        return known is not null && Ascii.Equals(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name), known)
            ? known
            : Marshal.PtrToStringUTF8((nint)name)!.ToLowerInvariant();
    }

    /// <summary>Decrypts into a buffer; on <see cref="TlsProgress.Done"/> some bytes came.</summary>
    /// <param name="drained">True when neither OpenSSL nor the kernel has more: only a new edge will tell of more.</param>
    public TlsProgress Receive(byte* buffer, int length, out int received, out bool drained)
    {
        s_current = this;
        received = OpenSsl.Read(_ssl, buffer, length);
        var progress = received > 0 ? TlsProgress.Done : ProgressOf(received);
        // What OpenSSL holds after "want read" is a part of a record.
        drained = Wire.IsDrained && !(progress == TlsProgress.Done && HoldsInput);
        return progress;
    }

    /// <summary>Whether bytes for the reader have come, or the peer's end; takes in what is only about TLS, as new tickets.</summary>
    public TlsProgress Probe()
    {
        s_current = this;
        byte first;
        var result = OpenSsl.Peek(_ssl, &first, 1);
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
        s_current = this;
        var result = OpenSsl.Shutdown(_ssl);
        return result >= 0 ? TlsProgress.Done : ProgressOf(result);
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
        Sessions?.Offer(this, _ssl);
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
        var reason = "";
        ulong last = 0;
        while (LibCrypto.TakeError() is not 0 and var error)
        {
            reason += TlsNames.Listed(error);
            last = error;
        }
        if (VerifyOutcome != TlsOutcome.Established)
            FailureOutcome = VerifyOutcome;
        else if (((int)last & OpenSslResult.ReasonMask) == OpenSslResult.ReasonNoPeerCertificate)
            FailureOutcome = TlsOutcome.NoPeerCertificate;
        if (last != 0)
            FailureReason = $"TLS_error:{reason}{(FailureDetail.Length == 0 ? "" : ":")}{FailureDetail}:TLS_error_end";
        if (FailureDetail.Length == 0)
            FailureDetail = TlsNames.Error(last);
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
