// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>A certificate with key and issuers as OpenSSL holds them. Freed by <see cref="Dispose"/>; contexts count their own references.</summary>
internal sealed unsafe class NativeCertificate : IDisposable
{
    private readonly List<nint> _issuers = [];

    /// <exception cref="TlsConfigurationException">The chain or the key cannot be read, or they do not belong together.</exception>
    public NativeCertificate(TlsCertificate certificate)
    {
        var chain = Pem.ReadCertificates(certificate.Chain.Span);
        if (chain.Count == 0)
            throw new TlsConfigurationException(
                $"certificate_chain: holds no certificate in PEM{Pem.Reason()}; give the leaf, then its issuers"
            );
        Leaf = chain[0];
        _issuers.AddRange(chain[1..]);
        Key = Pem.ReadPrivateKey(certificate.PrivateKey.Span, certificate.Password);
        if (Key == 0)
        {
            var reason = Pem.Reason();
            Dispose();
            throw new TlsConfigurationException(
                $"private_key: cannot be read{reason}; give it in PEM, with its password"
            );
        }
        if (LibCrypto.BelongTogether(Leaf, Key) != 1)
        {
            LibCrypto.ClearErrors();
            Dispose();
            throw new TlsConfigurationException(
                "private_key: is not the key of the certificate; give the key that certificate_chain was issued for"
            );
        }
        Issuers = LibCrypto.NewStack();
        foreach (var issuer in _issuers)
            _ = LibCrypto.Push(Issuers, issuer);
        Description = Describe(Leaf);
        KeyKind = LibCrypto.KeyKind(Key);
        Curve = Description?.Curve ?? 0;
        TakeStaple(certificate.OcspStaple);
    }

    public nint Leaf { get; private set; }

    public nint Key { get; private set; }

    /// <summary>A stack of the certificates behind the leaf.</summary>
    public nint Issuers { get; private set; }

    /// <summary>EVP_PKEY number: RSA and EC differ.</summary>
    public int KeyKind { get; }

    public PeerCertificate? Description { get; }

    public bool IsEcdsa => KeyKind == OpenSslNames.KeyEc;

    /// <inheritdoc cref="PeerCertificate.Curve"/>
    public int Curve { get; }

    /// <summary>An OCSP response to show with it; null for none.</summary>
    public OcspStaple? Staple { get; private set; }

    /// <summary>The certificate itself says that it comes with an OCSP response (RFC 7633).</summary>
    public bool MustStaple => Description?.MustStaple == true;

    /// <summary>A certificate, read; null when it cannot be.</summary>
    public static PeerCertificate? Describe(nint certificate) =>
        Encode(certificate) is { } encoded ? PeerCertificate.TryParse(encoded) : null;

    /// <summary>A certificate in DER.</summary>
    public static byte[]? Encode(nint certificate)
    {
        var length = LibCrypto.Encode(certificate, null);
        if (length <= 0)
            return null;
        var bytes = new byte[length];
        fixed (byte* start = bytes)
        {
            var encoded = start;
            return LibCrypto.Encode(certificate, &encoded) == length ? bytes : null;
        }
    }

    private void TakeStaple(ReadOnlyMemory<byte> staple)
    {
        if (staple.IsEmpty)
            return;
        try
        {
            Staple = OcspStaple.Parse(staple);
            if (Staple.SerialNumber != Description?.SerialNumber)
                throw new TlsConfigurationException(
                    "ocsp_staple: is about another certificate than certificate_chain's"
                );
        }
        catch (TlsConfigurationException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (Issuers != 0)
            LibCrypto.FreeStack(Issuers);
        if (Key != 0)
            LibCrypto.FreeKey(Key);
        if (Leaf != 0)
            LibCrypto.FreeCertificate(Leaf);
        foreach (var issuer in _issuers)
            LibCrypto.FreeCertificate(issuer);
        _issuers.Clear();
        Issuers = Key = Leaf = 0;
    }
}

/// <summary>Reads what PEM holds.</summary>
internal static unsafe class Pem
{
    public static List<nint> ReadCertificates(ReadOnlySpan<byte> pem) =>
        ReadAll(pem, static bio => LibCrypto.ReadCertificate(bio, 0, 0, 0));

    public static List<nint> ReadRevocationLists(ReadOnlySpan<byte> pem) =>
        ReadAll(pem, static bio => LibCrypto.ReadRevocationList(bio, 0, 0, 0));

    /// <summary>0 when there is none that can be read. Without a password an encrypted key is such: nobody is asked at a terminal.</summary>
    public static nint ReadPrivateKey(ReadOnlySpan<byte> pem, string password)
    {
        fixed (byte* bytes = pem)
        {
            var bio = LibCrypto.NewMemoryBio(bytes, pem.Length);
            var key = LibCrypto.ReadPrivateKey(bio, 0, 0, password);
            _ = LibCrypto.FreeBio(bio);
            return key;
        }
    }

    /// <summary>Why the last reading failed, as " (reason)", and forgets it; empty when OpenSSL has no reason.</summary>
    public static string Reason()
    {
        var error = LibCrypto.TakeError();
        LibCrypto.ClearErrors();
        var text = error == 0 ? null : Marshal.PtrToStringUTF8((nint)LibCrypto.ReasonText(error));
        return text is null ? "" : $" ({text})";
    }

    private static List<nint> ReadAll(ReadOnlySpan<byte> pem, Func<nint, nint> read)
    {
        var found = new List<nint>();
        if (pem.IsEmpty)
            return found;
        fixed (byte* bytes = pem)
        {
            var bio = LibCrypto.NewMemoryBio(bytes, pem.Length);
            while (read(bio) is not 0 and var item)
                found.Add(item);
            _ = LibCrypto.FreeBio(bio);
        }
        // The last one fails with "no start line", which is how the end shows.
        if (found.Count > 0)
            LibCrypto.ClearErrors();
        return found;
    }
}
