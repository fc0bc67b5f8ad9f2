// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// Keys of session tickets that were given rather than made, so that several proxies, or one after a restart, take each
/// other's tickets (Envoy <c>TlsSessionTicketKeys</c>). The first makes tickets, all of them open those that clients bring.
/// </summary>
internal sealed unsafe class TicketKeys
{
    /// <summary>16 bytes of name, 32 of HMAC key, 32 of AES key, as Envoy, nginx and OpenSSL have it.</summary>
    public const int Length = NameLength + MacLength + CipherLength;

    private const int NameLength = 16;
    private const int MacLength = 32;
    private const int CipherLength = 32;
    private const int VectorLength = 16;

    private const int Failed = -1;
    private const int Unknown = 0;
    private const int Good = 1;
    private const int Renew = 2;

    /// <summary>The MAC is HMAC with SHA-256; OpenSSL wants to be told its hash. Lives as long as the process.</summary>
    private static readonly OsslParameter* s_macParameters = MakeMacParameters();

    private readonly byte[][] _keys;

    /// <exception cref="TlsConfigurationException">A key has another length.</exception>
    public TicketKeys(IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        _keys = new byte[keys.Count][];
        for (var i = 0; i < _keys.Length; i++)
        {
            if (keys[i].Length != Length)
                throw new TlsConfigurationException(
                    $"session_ticket_keys.keys[{i}]: has {keys[i].Length} bytes; give {Length} random ones (openssl rand {Length})"
                );
            _keys[i] = keys[i].ToArray();
        }
    }

    /// <summary>Makes a ticket's cipher and MAC ready: OpenSSL's ticket key callback.</summary>
    public int Prepare(byte* name, byte* vector, nint cipher, nint mac, bool isNew) =>
        isNew ? Encrypt(name, vector, cipher, mac) : Decrypt(name, vector, cipher, mac);

    private int Encrypt(byte* name, byte* vector, nint cipher, nint mac)
    {
        var key = _keys[0];
        key.AsSpan(0, NameLength).CopyTo(new Span<byte>(name, NameLength));
        RandomNumberGenerator.Fill(new Span<byte>(vector, VectorLength));
        fixed (byte* start = key)
        {
            var begun = LibCrypto.BeginEncrypting(
                cipher,
                LibCrypto.Aes256Cbc(),
                0,
                start + NameLength + MacLength,
                vector
            );
            return begun == 1 && BeginMac(mac, start) ? Good : Failed;
        }
    }

    private int Decrypt(byte* name, byte* vector, nint cipher, nint mac)
    {
        for (var i = 0; i < _keys.Length; i++)
        {
            if (!new ReadOnlySpan<byte>(name, NameLength).SequenceEqual(_keys[i].AsSpan(0, NameLength)))
                continue;
            fixed (byte* start = _keys[i])
            {
                var begun = LibCrypto.BeginDecrypting(
                    cipher,
                    LibCrypto.Aes256Cbc(),
                    0,
                    start + NameLength + MacLength,
                    vector
                );
                if (begun != 1 || !BeginMac(mac, start))
                    return Failed;
            }
            return i == 0 ? Good : Renew;
        }
        return Unknown;
    }

    private static bool BeginMac(nint mac, byte* key) =>
        LibCrypto.BeginMac(mac, key + NameLength, MacLength, s_macParameters) == 1;

    private static OsslParameter* MakeMacParameters()
    {
        var parameters = (OsslParameter*)NativeMemory.AllocZeroed(2, (nuint)Unsafe.SizeOf<OsslParameter>());
        parameters[0].Name = (byte*)Marshal.StringToCoTaskMemUTF8("digest");
        parameters[0].Kind = OsslParameter.Utf8;
        parameters[0].Value = (void*)Marshal.StringToCoTaskMemUTF8("SHA256");
        parameters[0].Length = 6;
        return parameters;
    }
}
