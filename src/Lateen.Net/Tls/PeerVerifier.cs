// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// Checks a peer's certificate inside the handshake, so that the peer gets the alert: chain, then names, then pins.
/// What cannot be understood is refused. Reasons read as Envoy's.
/// </summary>
internal sealed unsafe class PeerVerifier
{
    private readonly PeerValidation _validation;
    private readonly SpiffeTrust? _trust;
    private readonly bool _checksChain;
    private readonly bool _enforcesKeyUsage;

    /// <param name="trust">Roots by trust domain; null where the context's store has the roots.</param>
    public PeerVerifier(PeerValidation validation, TlsOptions options, SpiffeTrust? trust)
    {
        _validation = validation;
        _trust = trust;
        _enforcesKeyUsage = options.EnforcesRsaKeyUsage;
        // Where a certificate is required and nothing vouches for one, nobody is trusted.
        _checksChain =
            trust is not null
            || !validation.TrustedRoots.IsEmpty
            || (options.RequireClientCertificate && !validation.HasPins);
        if (validation.Names.Count > 0 && !_checksChain)
            throw new TlsConfigurationException(
                "match_typed_subject_alt_names: needs trusted_ca; names in a certificate that nobody vouches for prove nothing"
            );
        if (trust is null || validation.Names.Count == 0)
            return;
        foreach (var name in validation.Names)
        {
            if (name.Kind == SanKind.Uri)
                return;
        }
        throw new TlsConfigurationException(
            "match_typed_subject_alt_names: has no san_type URI; the SPIFFE validator compares URIs alone"
        );
    }

    /// <summary>The check OpenSSL calls; its answer is 1 or 0, with the error set that becomes the alert.</summary>
    public int Verify(nint storeContext, TlsEngine engine)
    {
        var outcome = Check(storeContext, engine);
        if (outcome == TlsOutcome.Established)
        {
            LibCrypto.SetVerifyError(storeContext, OpenSslResult.VerifyOk);
            return 1;
        }
        engine.OnVerifyFailed(outcome);
        // The error stays with the session, so that a resumption knows that the peer was never verified. This one's alert
        // is certificate_unknown, as Envoy's is for names.
        if (LibCrypto.VerifyError(storeContext) == OpenSslResult.VerifyOk)
            LibCrypto.SetVerifyError(storeContext, OpenSslResult.InvalidNonAuthority);
        return _validation.AcceptUntrusted ? 1 : 0;
    }

    /// <summary>
    /// Whether a peer known from an earlier session still passes what time may have changed. Chain, names and pins were
    /// checked then, under the same configuration: another one does not know the session (<see cref="SessionScope"/>).
    /// </summary>
    public bool AdmitsResumed(PeerCertificate? peer, DateTimeOffset now) =>
        _validation.AllowExpired
        || _validation.AcceptUntrusted
        || peer is null
        || (peer.NotBefore <= now && now <= peer.NotAfter);

    private TlsOutcome Check(nint storeContext, TlsEngine engine)
    {
        var peer = NativeCertificate.Describe(LibCrypto.LeafOf(storeContext));
        engine.Peer = peer;
        if (_checksChain && !VerifiesChain(storeContext, peer, engine))
            return TlsOutcome.UntrustedPeer;
        if (!AdmitsName(peer, engine))
            return TlsOutcome.NameMismatch;
        if (!AdmitsPin(peer))
        {
            engine.FailureDetail = "verify cert failed: cert hash and spki";
            return TlsOutcome.PinMismatch;
        }
        return _enforcesKeyUsage && engine.HasWrongKeyUsage(peer)
            ? TlsOutcome.KeyUsageMismatch
            : TlsOutcome.Established;
    }

    private bool VerifiesChain(nint storeContext, PeerCertificate? peer, TlsEngine engine)
    {
        if (_trust is not null && !SelectsTrust(_trust, storeContext, peer, engine))
            return false;
        if (LibCrypto.VerifyChain(storeContext) == 1)
            return true;
        var error = LibCrypto.VerifyError(storeContext);
        var text = Marshal.PtrToStringUTF8((nint)LibCrypto.VerifyErrorText(error));
        engine.FailureDetail =
            $"verify cert failed: X509_verify_cert: certificate verification error at depth {LibCrypto.VerifyErrorDepth(storeContext)}: {text}";
        return false;
    }

    /// <summary>X509-SVID §5: a leaf that signs nothing, checked with the bundle of the trust domain it claims.</summary>
    private static bool SelectsTrust(SpiffeTrust trust, nint storeContext, PeerCertificate? peer, TlsEngine engine)
    {
        const KeyUsages Signing = KeyUsages.CertificateSigning | KeyUsages.RevocationSigning;
        if (peer is null || peer.IsAuthority || (peer.KeyUsage & Signing) is not (null or KeyUsages.None))
        {
            engine.FailureDetail = "verify cert failed: cert precheck";
            return false;
        }
        if (trust.TrySelect(storeContext, peer))
            return true;
        engine.FailureDetail = "verify cert failed: no trust bundle store";
        return false;
    }

    private bool AdmitsName(PeerCertificate? peer, TlsEngine engine)
    {
        if (peer is { IsSpiffeConform: false })
        {
            engine.FailureDetail =
                "verify cert failed: the certificate of a SPIFFE id must have one URI and must not be an authority's";
            return false;
        }
        if (engine.ExpectedHost is { } host && (peer is null || !SanMatcher.DnsName(host).Matches(peer)))
        {
            engine.FailureDetail =
                $"verify cert failed: verify SAN list, expected SANs: [{host}], certificate SANs: [{peer?.NamesForLog}]";
            return false;
        }
        if (_validation.Names.Count == 0)
            return true;
        foreach (var name in _validation.Names)
        {
            if (peer is not null && (_trust is null || name.Kind == SanKind.Uri) && name.Matches(peer))
                return true;
        }
        engine.FailureDetail = $"verify cert failed: SAN matcher, certificate SANs are [{peer?.NamesForLog}]";
        return false;
    }

    private bool AdmitsPin(PeerCertificate? peer)
    {
        if (!_validation.HasPins)
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
}
