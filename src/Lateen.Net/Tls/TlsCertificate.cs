// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>A certificate to show, with its key. All PEM.</summary>
/// <param name="Chain">Leaf first, then its issuers; the root may be left out.</param>
/// <param name="PrivateKey">PKCS#8, or the older forms that OpenSSL reads.</param>
/// <param name="Password">Of an encrypted key; empty for none.</param>
public sealed record TlsCertificate(ReadOnlyMemory<byte> Chain, ReadOnlyMemory<byte> PrivateKey, string Password = "")
{
    /// <summary><c>ocsp_staple</c>: an OCSP response about the leaf, DER; empty for none.</summary>
    public ReadOnlyMemory<byte> OcspStaple { get; init; }

    /// <summary>Secrets do not print.</summary>
    public override string ToString() => "***";
}
