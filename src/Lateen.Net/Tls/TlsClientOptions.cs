// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>What of a client's handshake is about one connection rather than its context.</summary>
public sealed record TlsClientOptions
{
    public static TlsClientOptions None { get; } = new();

    /// <summary>SNI; empty sends none. Never an IP address (RFC 6066 §3).</summary>
    public string ServerName { get; init; } = "";

    /// <summary>Host the server's certificate must be for (Envoy <c>auto_san_validation</c>); null checks only what the context says.</summary>
    public string? ExpectedHost { get; init; }

    /// <summary>Offered instead of the context's <see cref="TlsOptions.ApplicationProtocols"/>, encoded by <see cref="AlpnList.Encode"/>.</summary>
    public ReadOnlyMemory<byte> ApplicationProtocols { get; init; }

    /// <summary>Sessions with the same peer; null never resumes.</summary>
    public TlsSessions? Sessions { get; init; }
}
