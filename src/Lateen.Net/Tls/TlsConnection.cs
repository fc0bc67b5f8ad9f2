// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>What a handshake settled. Immutable.</summary>
/// <param name="ApplicationProtocol">ALPN; empty when none was agreed on.</param>
/// <param name="ServerName">SNI that the client sent; empty for none.</param>
/// <param name="Version"><c>TLSv1.2</c> or <c>TLSv1.3</c>.</param>
/// <param name="Cipher">OpenSSL's name.</param>
/// <param name="Curve">As BoringSSL and so Envoy names it: <c>X25519</c>, <c>P-256</c>; empty when no such exchange took place.</param>
/// <param name="IsResumed">True when an earlier session went on.</param>
/// <param name="Peer">The peer's certificate; null when it showed none.</param>
/// <param name="Own">The certificate this side showed; null when it has none.</param>
/// <param name="IsPeerVerified">True when trust in the peer was asked for and given.</param>
public sealed record TlsConnection(
    string ApplicationProtocol,
    string ServerName,
    string Version,
    string Cipher,
    string Curve,
    bool IsResumed,
    PeerCertificate? Peer,
    PeerCertificate? Own,
    bool IsPeerVerified
)
{
    /// <summary>The scheme of the peer's signature, as BoringSSL names it: <c>ecdsa_secp256r1_sha256</c>; empty where the peer signed nothing.</summary>
    public string Signature { get; init; } = "";

    /// <summary>In lower-case hexadecimal; empty under TLS 1.3, which has none (RFC 8446 §4.1.2).</summary>
    public string SessionId { get; init; } = "";

    /// <summary>DER of what the peer sent behind its leaf; empty after a resumption, where nothing is sent.</summary>
    public IReadOnlyList<byte[]> PeerIssuers { get; init; } = [];

    /// <summary>The peer's leaf, then what came behind it as far as it can be read; read when first asked for.</summary>
    public IReadOnlyList<PeerCertificate> PeerChain => _peerChain ??= ReadChain();

    /// <summary>What was wrong with a peer that was let in all the same; <see cref="TlsOutcome.Established"/> for nothing.</summary>
    public TlsOutcome Tolerated { get; init; }

    /// <summary>The key usage of the peer's RSA certificate does not allow what it did.</summary>
    public bool HasWrongKeyUsage { get; init; }

    public OcspOutcome Ocsp { get; init; }

    private List<PeerCertificate>? _peerChain;

    /// <summary>Whether a handshake with a peer that showed no certificate settled all this.</summary>
    internal bool IsLike(
        string applicationProtocol,
        string serverName,
        string version,
        string cipher,
        string curve,
        bool isResumed,
        PeerCertificate? own,
        TlsOutcome tolerated,
        OcspOutcome ocsp
    ) =>
        Peer is null
        && Signature.Length == 0
        && SessionId.Length == 0
        && PeerIssuers.Count == 0
        && !HasWrongKeyUsage
        && ApplicationProtocol == applicationProtocol
        && ServerName == serverName
        && Version == version
        && Cipher == cipher
        && Curve == curve
        && IsResumed == isResumed
        && ReferenceEquals(Own, own)
        && Tolerated == tolerated
        && Ocsp == ocsp;

    private List<PeerCertificate> ReadChain()
    {
        var chain = new List<PeerCertificate>();
        if (Peer is not null)
            chain.Add(Peer);
        for (var i = 0; i < PeerIssuers.Count; i++)
        {
            if (PeerCertificate.TryParse(PeerIssuers[i]) is { } issuer)
                chain.Add(issuer);
        }
        return chain;
    }
}
