// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>What a client's hello says about the keys it can check (as Envoy's choice of a certificate asks).</summary>
internal readonly unsafe struct ClientAbilities
{
    private const byte Ecdsa = 3; // TLS SignatureAlgorithm (RFC 5246 §7.4.1.4.1), the low byte of a scheme
    private const int FirstCurve = 4; // high bytes 4, 5, 6: with P-256, P-384, P-521 (RFC 8446 §4.2.3)
    private const int LastCurve = 6;

    private readonly int _curves;

    private ClientAbilities(int curves, bool asksForStaple)
    {
        _curves = curves;
        AsksForStaple = asksForStaple;
    }

    /// <summary>The client takes an OCSP response (RFC 6066 §8).</summary>
    public bool AsksForStaple { get; }

    /// <summary>The client can check some ECDSA signature.</summary>
    public bool HasEcdsa => _curves != 0;

    /// <summary>Whether the client can check signatures of a kind of key.</summary>
    /// <param name="curve">High byte of the scheme for an ECDSA key; 0 for an RSA key.</param>
    public bool HasCurve(int curve) => (_curves & (1 << curve)) != 0;

    /// <summary>Inside a certificate callback, or after the handshake.</summary>
    /// <param name="hasEcdsaCipher">Whether a cipher suite of TLS 1.2 with ECDSA is one that this side admits.</param>
    public static ClientAbilities Of(nint ssl, Func<nint, bool> hasEcdsaCipher)
    {
        var asks = OpenSsl.Control(ssl, OpenSslControl.GetStatusKind, 0, 0) == OpenSslResult.StatusIsOcsp;
        if (OpenSsl.GetVersionNumber(ssl) < (int)TlsVersion.Tls13 && !OffersEcdsaCipher(ssl, hasEcdsaCipher))
            return new ClientAbilities(0, asks);
        return new ClientAbilities(Curves(ssl), asks);
    }

    private static int Curves(nint ssl)
    {
        var curves = 0;
        byte sign;
        byte hash;
        var count = OpenSsl.GetSignatureAlgorithms(ssl, 0, null, null, null, null, null);
        for (var i = 0; i < count; i++)
        {
            _ = OpenSsl.GetSignatureAlgorithms(ssl, i, null, null, null, &sign, &hash);
            if (sign == Ecdsa && hash is >= FirstCurve and <= LastCurve)
                curves |= 1 << hash;
        }
        return curves;
    }

    private static bool OffersEcdsaCipher(nint ssl, Func<nint, bool> isAdmitted)
    {
        var ciphers = OpenSsl.GetClientCiphers(ssl);
        for (var i = 0; ciphers != 0 && i < LibCrypto.CountOf(ciphers); i++)
        {
            var cipher = LibCrypto.ItemOf(ciphers, i);
            if (OpenSsl.GetAuthentication(cipher) == OpenSslNames.AuthenticationEcdsa && isAdmitted(cipher))
                return true;
        }
        return false;
    }
}
