// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Tls;

namespace Lateen.Proxy.TransportSockets;

/// <summary>
/// A secret, decoded and checked (Envoy <c>tls.v3.Secret</c>): one of a certificate with its key, how peers are validated,
/// and keys of session tickets.
/// </summary>
public sealed record SecretSpec
{
    public TlsCertificate? Certificate { get; init; }

    public PeerValidation? Validation { get; init; }

    public IReadOnlyList<ReadOnlyMemory<byte>>? TicketKeys { get; init; }

    /// <summary>When its first certificate ends, that of a certificate's leaf or of the first root; null where there is none.</summary>
    public DateTimeOffset? Expiration { get; init; }

    /// <summary>Set when part of it is in files, which may be exchanged while it is in force.</summary>
    public LocalSecret? Local { get; init; }

    /// <summary>Secrets do not print.</summary>
    public override string ToString() => "***";
}
