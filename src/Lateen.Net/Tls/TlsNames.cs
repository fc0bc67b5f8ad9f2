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
