// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// Checks a peer's certificate inside the handshake, so that the peer gets the alert: chain, then names, then pins.
/// What cannot be understood is refused.
/// </summary>
internal sealed unsafe class PeerVerifier
{
    private readonly PeerValidation _validation;
    private readonly bool _checksChain;

    /// <param name="mustTrust">Checks the chain even where no roots are given, which then refuses everybody.</param>
    public PeerVerifier(PeerValidation validation, bool mustTrust)
    {
        _validation = validation;
        var hasPins = validation.CertificatePins.Count + validation.KeyPins.Count > 0;
        _checksChain = !validation.TrustedRoots.IsEmpty || (mustTrust && !hasPins);
        if (validation.Names.Count > 0 && !_checksChain)
            throw new TlsConfigurationException(
                "match_typed_subject_alt_names: needs trusted_ca; names in a certificate that nobody vouches for prove nothing"
            );
    }

    /// <summary>The check OpenSSL calls; its answer is 1 or 0, with the error set that becomes the alert.</summary>
    public int Verify(nint storeContext, TlsEngine engine)
    {
        var outcome = Check(storeContext, engine);
        if (outcome != TlsOutcome.Established)
        {
            engine.OnVerifyFailed(outcome);
            if (!_validation.AcceptUntrusted)
            {
                if (LibCrypto.VerifyError(storeContext) == OpenSslResult.VerifyOk)
                    LibCrypto.SetVerifyError(storeContext, OpenSslResult.ApplicationVerification);
                return 0;
            }
        }
        LibCrypto.SetVerifyError(storeContext, OpenSslResult.VerifyOk);
        return 1;
    }

    /// <summary>
    /// Whether a peer known from an earlier session still passes what time may have changed. Chain, names and pins were
    /// checked then, by this same context: another one does not know the session.
    /// </summary>
    public bool AdmitsResumed(PeerCertificate? peer, DateTimeOffset now) =>
        _validation.AllowExpired
        || _validation.AcceptUntrusted
        || peer is null
        || (peer.NotBefore <= now && now <= peer.NotAfter);

    private TlsOutcome Check(nint storeContext, TlsEngine engine)
    {
        if (_checksChain && !VerifiesChain(storeContext, engine))
            return TlsOutcome.UntrustedPeer;
        var peer = NativeCertificate.Describe(LibCrypto.LeafOf(storeContext));
        engine.Peer = peer;
        if (!AdmitsName(peer, engine))
            return TlsOutcome.NameMismatch;
        return AdmitsPin(peer) ? TlsOutcome.Established : TlsOutcome.PinMismatch;
    }

    private bool VerifiesChain(nint storeContext, TlsEngine engine)
    {
        if (_validation.AllowExpired)
            LibCrypto.SetVerifyCallback(storeContext, &ForgiveExpiry);
        if (LibCrypto.VerifyChain(storeContext) == 1)
            return true;
        var error = LibCrypto.VerifyError(storeContext);
        engine.FailureDetail = Marshal.PtrToStringUTF8((nint)LibCrypto.VerifyErrorText(error)) ?? "";
        return false;
    }

    private bool AdmitsName(PeerCertificate? peer, TlsEngine engine)
    {
        if (peer is { IsSpiffeConform: false })
        {
            engine.FailureDetail = "the certificate of a SPIFFE id must have one URI and must not be an authority's";
            return false;
        }
        if (engine.ExpectedHost is { } host && (peer is null || !SanMatcher.DnsName(host).Matches(peer)))
        {
            engine.FailureDetail = $"the certificate is not for {host}";
            return false;
        }
        if (_validation.Names.Count == 0)
            return true;
        foreach (var name in _validation.Names)
        {
            if (peer is not null && name.Matches(peer))
                return true;
        }
        engine.FailureDetail = "no name in the certificate is one that is admitted";
        return false;
    }

    private bool AdmitsPin(PeerCertificate? peer)
    {
        if (_validation.CertificatePins.Count + _validation.KeyPins.Count == 0)
            return true;
        return peer is not null
            && (
                Contains(_validation.CertificatePins, peer.Encoded.Span)
                || Contains(_validation.KeyPins, peer.PublicKey.Span)
            );
    }

    private static bool Contains(IReadOnlyList<ReadOnlyMemory<byte>> pins, ReadOnlySpan<byte> encoded)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(encoded, hash);
        foreach (var pin in pins)
        {
            if (hash.SequenceEqual(pin.Span))
                return true;
        }
        return false;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ForgiveExpiry(int accepted, nint storeContext) =>
        accepted == 1 || LibCrypto.VerifyError(storeContext) is OpenSslResult.HasExpired or OpenSslResult.NotYetValid
            ? 1
            : 0;
}
