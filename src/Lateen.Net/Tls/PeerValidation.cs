// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>How a peer's certificate is checked (Envoy <c>CertificateValidationContext</c>).</summary>
public sealed record PeerValidation
{
    /// <summary><c>trusted_ca</c>, PEM. An intermediate may be trusted alone, as Envoy admits. Empty: only pins are checked.</summary>
    public ReadOnlyMemory<byte> TrustedRoots { get; init; }

    /// <summary>
    /// <c>custom_validator_config</c> of <c>envoy.tls.cert_validator.spiffe</c>: whom to trust by the trust domain of the
    /// peer's SPIFFE id, instead of <see cref="TrustedRoots"/>; empty for the default validator.
    /// </summary>
    public IReadOnlyList<TrustDomain> TrustDomains { get; init; } = [];

    /// <summary><c>crl</c>, PEM. When there is any, here or among the roots, every issuer in a chain needs one.</summary>
    public ReadOnlyMemory<byte> RevocationLists { get; init; }

    /// <summary><c>only_verify_leaf_cert_crl</c></summary>
    public bool OnlyLeafRevocation { get; init; }

    /// <summary>
    /// <c>match_typed_subject_alt_names</c>: one of them has to fit one name of the peer; empty admits every name. As in
    /// Envoy, a client must show a certificate then.
    /// </summary>
    public IReadOnlyList<SanMatcher> Names { get; init; } = [];

    /// <summary><c>verify_certificate_hash</c>: SHA-256 of certificates, 32 bytes each.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> CertificatePins { get; init; } = [];

    /// <summary><c>verify_certificate_spki</c>: SHA-256 of public keys, 32 bytes each.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> KeyPins { get; init; } = [];

    /// <summary><c>allow_expired_certificate</c></summary>
    public bool AllowExpired { get; init; }

    /// <summary><c>trust_chain_verification: ACCEPT_UNTRUSTED</c>: failures are counted and the connection goes on.</summary>
    public bool AcceptUntrusted { get; init; }

    /// <summary><c>max_verify_depth</c>: issuers of the leaf, the trusted one included; 100 when not set.</summary>
    public int? MaxDepth { get; init; }

    /// <summary>Nothing but the certificate's being one of these is asked for.</summary>
    internal bool HasPins => CertificatePins.Count + KeyPins.Count > 0;
}
