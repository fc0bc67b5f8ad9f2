// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>Reads off OpenSSL what a handshake settled.</summary>
internal static unsafe class TlsConnectionReader
{
    /// <summary>Call once the handshake is done.</summary>
    public static TlsConnection Read(nint ssl, TlsEngine engine)
    {
        byte* protocol;
        uint length;
        OpenSsl.GetAlpnSelected(ssl, &protocol, &length);
        var isResumed = OpenSsl.IsSessionReused(ssl) == 1;
        var version = TlsNames.Version(OpenSsl.GetVersion(ssl));
        var peer = engine.Peer ?? ReadPeer(ssl);
        var own = engine.ShownCertificate(isResumed);
        // A session remembers how its peer's check went.
        var isVerified =
            engine.VerifyOutcome == TlsOutcome.Established && OpenSsl.GetVerifyResult(ssl) == OpenSslResult.VerifyOk;
        return new TlsConnection(
            AlpnList.ToText(new ReadOnlySpan<byte>(protocol, (int)length)),
            engine.ServerName,
            version,
            TlsNames.Cipher(OpenSsl.GetCurrentCipher(ssl)),
            TlsNames.Group((int)OpenSsl.Control(ssl, OpenSslControl.GetNegotiatedGroup, 0, 0)),
            isResumed,
            peer,
            own?.Description,
            peer is not null && engine.Context.Verifier is not null && isVerified
        )
        {
            Signature = isResumed ? "" : ReadSignature(ssl),
            SessionId = version == "TLSv1.2" ? ReadSessionId(ssl) : "",
            PeerIssuers = ReadIssuers(ssl, engine.Context),
            Tolerated = engine.VerifyOutcome,
            HasWrongKeyUsage = engine.HasWrongKeyUsage(peer),
            Ocsp = engine.Ocsp,
        };
    }

    /// <summary>Of a resumed session, or where nobody asked for a check.</summary>
    private static PeerCertificate? ReadPeer(nint ssl)
    {
        var certificate = OpenSsl.GetPeerCertificate(ssl);
        if (certificate == 0)
            return null;
        var peer = NativeCertificate.Describe(certificate);
        LibCrypto.FreeCertificate(certificate);
        return peer;
    }

    private static string ReadSignature(nint ssl)
    {
        int kind;
        int hash;
        if (OpenSsl.GetPeerSignatureKind(ssl, &kind) != 1)
            return "";
        return OpenSsl.Control(ssl, OpenSslControl.GetPeerSignatureHash, 0, (nint)(&hash)) == 1
            ? TlsNames.Signature(kind, hash)
            : TlsNames.Signature(kind, 0);
    }

    private static string ReadSessionId(nint ssl)
    {
        var session = OpenSsl.GetSession(ssl);
        if (session == 0)
            return "";
        uint length;
        var id = OpenSsl.GetSessionId(session, &length);
        return Convert.ToHexStringLower(new ReadOnlySpan<byte>(id, (int)length));
    }

    /// <summary>What came behind the leaf. A server's list of OpenSSL does not have the leaf in it, a client's does.</summary>
    private static byte[][] ReadIssuers(nint ssl, TlsContext context)
    {
        var chain = OpenSsl.GetPeerChain(ssl);
        var first = context.Role == TlsRole.Client ? 1 : 0;
        var count = chain == 0 ? 0 : LibCrypto.CountOf(chain) - first;
        if (count <= 0)
            return [];
        var issuers = new byte[count][];
        for (var i = 0; i < count; i++)
            issuers[i] = NativeCertificate.Encode(LibCrypto.ItemOf(chain, first + i)) ?? [];
        var last = context.LastIssuers;
        if (AreEqual(last, issuers))
            return last;
        context.LastIssuers = issuers;
        return issuers;
    }

    private static bool AreEqual(byte[][] left, byte[][] right)
    {
        if (left.Length != right.Length)
            return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (!left[i].AsSpan().SequenceEqual(right[i]))
                return false;
        }
        return true;
    }
}
