// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>What a <see cref="TlsContext"/> is made of (Envoy <c>CommonTlsContext</c>). Defaults are Envoy's.</summary>
public sealed record TlsOptions
{
    public required TlsRole Role { get; init; }

    /// <summary>
    /// A server shows the one whose DNS names fit the client's SNI: exact before wildcard before the first. Where ECDSA
    /// and RSA certificates have the same names, the client's abilities decide, ECDSA first. A client shows the first.
    /// </summary>
    public IReadOnlyList<TlsCertificate> Certificates { get; init; } = [];

    /// <summary><c>tls_minimum_protocol_version</c>: TLS 1.2.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;

    /// <summary><c>tls_maximum_protocol_version</c>: TLS 1.3 for servers; Envoy's clients stop at 1.2 unless told otherwise.</summary>
    public TlsVersion? MaxVersion { get; init; }

    /// <summary><c>cipher_suites</c> for TLS 1.2, by OpenSSL's names; empty for <see cref="DefaultCiphers"/>.</summary>
    public IReadOnlyList<string> Ciphers { get; init; } = [];

    /// <summary><c>ecdh_curves</c>; empty for X25519 and P-256.</summary>
    public IReadOnlyList<string> Curves { get; init; } = [];

    /// <summary><c>signature_algorithms</c>; empty for OpenSSL's, ECDSA first.</summary>
    public IReadOnlyList<string> SignatureAlgorithms { get; init; } = [];

    /// <summary>
    /// <c>alpn_protocols</c>. A server picks the first that the client offers too, and goes on without ALPN where there is
    /// none, as Envoy; a client offers them.
    /// </summary>
    public IReadOnlyList<string> ApplicationProtocols { get; init; } = [];

    /// <summary>How the peer's certificate is checked. Null: a server asks for none, a client takes any, as Envoy.</summary>
    public PeerValidation? Validation { get; init; }

    /// <summary><c>require_client_certificate</c>. Without a <see cref="Validation"/> every client is refused: nobody is trusted.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary><c>session_timeout</c> of what a server remembers or hands out: 2 hours, as BoringSSL.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Stateless tickets; off with <c>disable_stateless_session_resumption</c>.</summary>
    public bool SessionTickets { get; init; } = true;

    /// <summary>Sessions a server keeps itself; off with <c>disable_stateful_session_resumption</c>.</summary>
    public bool SessionCache { get; init; } = true;

    /// <summary>
    /// <c>session_ticket_keys</c>, 80 bytes each: the first makes tickets, all open them. Empty: keys are made for the
    /// context and kept to it.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> TicketKeys { get; init; } = [];

    /// <summary>Bytes of one of <see cref="TicketKeys"/>: 16 of name, 32 of HMAC key, 32 of AES key.</summary>
    public const int TicketKeyLength = Tls.TicketKeys.Length;

    /// <summary><c>server_names</c> of the filter chain a server is for: sessions do not go from one chain to another.</summary>
    public IReadOnlyList<string> ServerNames { get; init; } = [];

    /// <summary><c>ocsp_staple_policy</c> of a server.</summary>
    public OcspStaplePolicy OcspPolicy { get; init; }

    /// <summary><c>full_scan_certs_on_sni_mismatch</c>: a name no certificate is for gets the first that fits the client's abilities.</summary>
    public bool ScansAllOnNameMismatch { get; init; }

    /// <summary><c>prefer_client_ciphers</c>: the client's order of cipher suites decides instead of the server's.</summary>
    public bool PrefersClientCiphers { get; init; }

    /// <summary><c>enforce_rsa_key_usage</c> of a client; without it a server's wrong key usage is only counted.</summary>
    public bool EnforcesRsaKeyUsage { get; init; }

    /// <summary><c>max_session_keys</c> a client keeps for one peer: 1; 0 never resumes.</summary>
    public int MaxSessionKeys { get; init; } = 1;

    /// <summary>Envoy's default cipher suites for TLS 1.2, those without AEAD or forward secrecy long gone.</summary>
    public static IReadOnlyList<string> DefaultCiphers { get; } =
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
    ];
}

/// <summary>Which side of a connection.</summary>
public enum TlsRole : byte
{
    Server,
    Client,
}
