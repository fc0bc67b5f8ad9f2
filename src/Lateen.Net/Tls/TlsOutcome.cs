// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>How a handshake ended. Failures are values: each is a statistic of Envoy's (<c>ssl.*</c>) and an everyday event.</summary>
public enum TlsOutcome : byte
{
    /// <summary><c>ssl.handshake</c></summary>
    Established,

    /// <summary><c>ssl.connection_error</c>: no common version or cipher, a broken message, an alert, or the peer left.</summary>
    ConnectionError,

    /// <summary><c>ssl.fail_verify_no_cert</c>: the peer must show a certificate and did not.</summary>
    NoPeerCertificate,

    /// <summary><c>ssl.fail_verify_error</c>: no chain to a trusted root, expired, revoked, not for this use.</summary>
    UntrustedPeer,

    /// <summary><c>ssl.fail_verify_san</c>: trusted, and somebody else.</summary>
    NameMismatch,

    /// <summary><c>ssl.fail_verify_cert_hash</c>: not the pinned certificate or key.</summary>
    PinMismatch,

    /// <summary><c>ssl.was_key_usage_invalid</c>, enforced: the server's RSA key is not for what it was used for.</summary>
    KeyUsageMismatch,

    /// <summary><c>ssl.ocsp_staple_failed</c>: the policy leaves no certificate to show.</summary>
    NoStaple,

    /// <summary><see cref="Streams.ByteStream.Abort"/> was called.</summary>
    Aborted,
}
