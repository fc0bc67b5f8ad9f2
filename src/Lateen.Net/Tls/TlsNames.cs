// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>Names of what was negotiated, as statistics show them; texts are made once.</summary>
internal static unsafe class TlsNames
{
    /// <summary>OpenSSL has a constant table of ciphers, so their addresses are keys.</summary>
    [ThreadStatic]
    private static Dictionary<nint, string>? s_ciphers;

    public static string Version(byte* text)
    {
        var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
        return name.SequenceEqual("TLSv1.3"u8) ? "TLSv1.3"
            : name.SequenceEqual("TLSv1.2"u8) ? "TLSv1.2"
            : System.Text.Encoding.ASCII.GetString(name);
    }

    public static string Cipher(nint cipher)
    {
        var known = s_ciphers ??= [];
        if (!known.TryGetValue(cipher, out var name))
            known[cipher] = name = Marshal.PtrToStringUTF8((nint)OpenSsl.GetCipherName(cipher)) ?? "";
        return name;
    }

    /// <summary>BoringSSL's names, which Envoy's statistics carry.</summary>
    public static string Group(int id) =>
        id switch
        {
            OpenSslNames.GroupX25519 => "X25519",
            OpenSslNames.GroupP256 => "P-256",
            OpenSslNames.GroupP384 => "P-384",
            OpenSslNames.GroupP521 => "P-521",
            OpenSslNames.GroupX448 => "X448",
            _ => "",
        };

    /// <summary>BoringSSL's names of signature schemes, which are those of RFC 8446 §4.2.3.</summary>
    public static string Signature(int kind, int hash) =>
        (kind, hash) switch
        {
            (OpenSslNames.KeyEc, OpenSslNames.HashSha256) => "ecdsa_secp256r1_sha256",
            (OpenSslNames.KeyEc, OpenSslNames.HashSha384) => "ecdsa_secp384r1_sha384",
            (OpenSslNames.KeyEc, OpenSslNames.HashSha512) => "ecdsa_secp521r1_sha512",
            (OpenSslNames.SignRsaPss, OpenSslNames.HashSha256) => "rsa_pss_rsae_sha256",
            (OpenSslNames.SignRsaPss, OpenSslNames.HashSha384) => "rsa_pss_rsae_sha384",
            (OpenSslNames.SignRsaPss, OpenSslNames.HashSha512) => "rsa_pss_rsae_sha512",
            (OpenSslNames.KeyRsa, OpenSslNames.HashSha256) => "rsa_pkcs1_sha256",
            (OpenSslNames.KeyRsa, OpenSslNames.HashSha384) => "rsa_pkcs1_sha384",
            (OpenSslNames.KeyRsa, OpenSslNames.HashSha512) => "rsa_pkcs1_sha512",
            (OpenSslNames.SignEd25519, _) => "ed25519",
            (OpenSslNames.SignEd448, _) => "ed448",
            _ => "",
        };

    /// <summary>
    /// An error as Envoy lists it in <c>%UPSTREAM_TRANSPORT_FAILURE_REASON%</c>. The number is OpenSSL's, the reason is
    /// spelled as BoringSSL does: CERTIFICATE_VERIFY_FAILED.
    /// </summary>
    public static string Listed(ulong error)
    {
        var reason = Marshal.PtrToStringUTF8((nint)LibCrypto.ReasonText(error)) ?? "unknown";
        var library = Marshal.PtrToStringUTF8((nint)LibCrypto.LibraryText(error)) ?? "";
        return $"|{error}:{library}:OPENSSL_internal:{reason.ToUpperInvariant().Replace(' ', '_')}";
    }

    /// <summary>An error in words; 0 is a connection that ended or broke in the middle.</summary>
    public static string Error(ulong error)
    {
        if (error == 0)
            return "the connection ended during the handshake";
        var reason = Marshal.PtrToStringUTF8((nint)LibCrypto.ReasonText(error)) ?? "unknown";
        var library = Marshal.PtrToStringUTF8((nint)LibCrypto.LibraryText(error)) ?? "";
        return $"{error}:{library}:{reason}";
    }
}
