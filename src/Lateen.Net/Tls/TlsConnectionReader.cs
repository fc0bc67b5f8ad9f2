// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>Reads off OpenSSL what a handshake settled.</summary>
internal static unsafe class TlsConnectionReader
{
    /// <summary>Call once the handshake is done. Clients who show no certificate share one description while nothing differs.</summary>
    public static TlsConnection Read(nint ssl, TlsEngine engine)
    {
        byte* protocol;
        uint length;
        OpenSsl.GetAlpnSelected(ssl, &protocol, &length);
        var applicationProtocol = AlpnList.ToText(new ReadOnlySpan<byte>(protocol, (int)length));
        var isResumed = OpenSsl.IsSessionReused(ssl) == 1;
        var version = TlsNames.Version(OpenSsl.GetVersion(ssl));
        var cipher = TlsNames.Cipher(OpenSsl.GetCurrentCipher(ssl));
        var curve = TlsNames.Group((int)OpenSsl.Control(ssl, OpenSslControl.GetNegotiatedGroup, 0, 0));
        var peer = engine.Peer ?? ReadPeer(ssl);
        var own = engine.ShownCertificate(isResumed)?.Description;
        var tolerated = engine.VerifyOutcome;
        var sessionId = version == "TLSv1.2" ? ReadSessionId(ssl) : "";
        var context = engine.Context;
        var name = engine.ServerName;
        if (
            peer is null
            && sessionId.Length == 0
            && context.LastConnection is { } last
            && last.IsLike(applicationProtocol, name, version, cipher, curve, isResumed, own, tolerated, engine.Ocsp)
        )
            return last;
        // A session remembers how its peer's check went.
        var isVerified = tolerated == TlsOutcome.Established && OpenSsl.GetVerifyResult(ssl) == OpenSslResult.VerifyOk;
        return context.LastConnection = new TlsConnection(
            applicationProtocol,
            name,
            version,
            cipher,
            curve,
            isResumed,
            peer,
            own,
            peer is not null && context.Verifier is not null && isVerified
        )
        {
            Signature = isResumed ? "" : ReadSignature(ssl),
            SessionId = sessionId,
            PeerIssuers = ReadIssuers(ssl, context),
            Tolerated = tolerated,
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
    private static IReadOnlyList<byte[]> ReadIssuers(nint ssl, TlsContext context)
    {
        var chain = OpenSsl.GetPeerChain(ssl);
        var first = context.Role == TlsRole.Client ? 1 : 0;
        var count = chain == 0 ? 0 : LibCrypto.CountOf(chain) - first;
        if (count <= 0)
            return [];
        var issuers = new byte[count][];
        for (var i = 0; i < count; i++)
            issuers[i] = NativeCertificate.Encode(LibCrypto.ItemOf(chain, first + i)) ?? [];
        var last = context.LastConnection?.PeerIssuers ?? [];
        return AreEqual(last, issuers) ? last : issuers;
    }

    private static bool AreEqual(IReadOnlyList<byte[]> left, byte[][] right)
    {
        if (left.Count != right.Length)
            return false;
        for (var i = 0; i < right.Length; i++)
        {
            if (!left[i].AsSpan().SequenceEqual(right[i]))
                return false;
        }
        return true;
    }
}
