// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;

namespace Lateen.Net.Tls;

/// <summary>What a certificate says (RFC 5280 §4.1), read once from its encoding. Immutable.</summary>
public sealed class PeerCertificate
{
    private const string SubjectAltName = "2.5.29.17";
    private const string BasicConstraints = "2.5.29.19";
    private const string KeyUsageId = "2.5.29.15";
    private const string TlsFeatures = "1.3.6.1.5.5.7.1.24";
    private const string RsaKey = "1.2.840.113549.1.1.1";
    private const int StatusRequest = 5;

    private readonly List<string> _emails = [];
    private readonly List<string> _dnsNames = [];
    private readonly List<string> _uris = [];
    private readonly List<string> _addresses = [];
    private readonly byte[] _encoded;
    private string? _sha256;
    private string? _sha1;
    private string? _urlEncodedPem;

    private PeerCertificate(byte[] encoded)
    {
        _encoded = encoded;
        var body = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        var version = new Asn1Tag(TagClass.ContextSpecific, 0);
        if (body.PeekTag().HasSameClassAndValue(version))
            body.ReadEncodedValue();
        SerialNumber = Convert.ToHexStringLower(body.ReadIntegerBytes().Span.TrimStart((byte)0));
        body.ReadEncodedValue(); // signature algorithm
        Issuer = DistinguishedName.Format(body.ReadEncodedValue());
        var validity = body.ReadSequence();
        NotBefore = ReadTime(validity);
        NotAfter = ReadTime(validity);
        Subject = DistinguishedName.Format(body.ReadEncodedValue());
        PublicKey = body.ReadEncodedValue();
        ReadKind(new AsnReader(PublicKey, AsnEncodingRules.DER).ReadSequence().ReadSequence());
        while (body.HasData)
        {
            if (body.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 3)))
                ReadExtensions(body.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3)).ReadSequence());
            else
                body.ReadEncodedValue();
        }
    }

    /// <summary>DER.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded;

    /// <summary>As RFC 2253 has it: <c>CN=cart,O=shop</c>, most specific first.</summary>
    public string Subject { get; }

    /// <inheritdoc cref="Subject"/>
    public string Issuer { get; }

    /// <summary>Lower-case hexadecimal, two digits a byte, without leading zero bytes.</summary>
    public string SerialNumber { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>True for a certificate that may sign others.</summary>
    public bool IsAuthority { get; private set; }

    /// <summary>What its key may be used for; null where it does not say.</summary>
    public KeyUsages? KeyUsage { get; private set; }

    public bool HasRsaKey { get; private set; }

    /// <summary>High byte of the signature scheme of an ECDSA key (RFC 8446 §4.2.3): 4, 5 or 6 for P-256, P-384 or P-521; 0 for others.</summary>
    internal int Curve { get; private set; }

    /// <summary>It says that it comes with an OCSP response (RFC 7633).</summary>
    public bool MustStaple { get; private set; }

    /// <summary>Whether it has a list of names beside its subject.</summary>
    public bool HasAlternativeNames { get; private set; }

    public IReadOnlyList<string> Uris => _uris;

    public IReadOnlyList<string> DnsNames => _dnsNames;

    /// <summary>SHA-256 of the certificate in lower-case hexadecimal, as Envoy logs it; made when first asked for.</summary>
    public string Sha256 => _sha256 ??= Convert.ToHexStringLower(SHA256.HashData(_encoded));

    /// <summary>SHA-1 likewise.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "A name that logs ask for, not a protection.")]
    public string Sha1 => _sha1 ??= Convert.ToHexStringLower(SHA1.HashData(_encoded));

    /// <summary>PEM, percent-encoded (RFC 3986 §2.1), as headers and logs carry it; made when first asked for.</summary>
    public string UrlEncodedPem =>
        _urlEncodedPem ??= Uri.EscapeDataString(PemEncoding.WriteString("CERTIFICATE", _encoded) + "\n");

    /// <summary>The SPIFFE id: the only URI, when it is one; else null.</summary>
    public string? SpiffeId => _uris is [var uri] && IsSpiffe(uri) ? uri : null;

    /// <summary>
    /// False for a certificate that claims a SPIFFE id and breaks the rules of one: exactly one URI, and no authority
    /// (X509-SVID §2, §4.1).
    /// </summary>
    public bool IsSpiffeConform
    {
        get
        {
            foreach (var uri in _uris)
            {
                if (IsSpiffe(uri))
                    return _uris.Count == 1 && !IsAuthority;
            }
            return true;
        }
    }

    /// <summary>The common name of the subject; null when there is none.</summary>
    public string? CommonName => DistinguishedName.CommonNameOf(Subject);

    /// <summary>Every name, as <c>a, b</c>.</summary>
    internal string NamesForLog => string.Join(", ", [.. _uris, .. _dnsNames, .. _addresses, .. _emails]);

    public IReadOnlyList<string> NamesOf(SanKind kind) =>
        kind switch
        {
            SanKind.Dns => _dnsNames,
            SanKind.Uri => _uris,
            SanKind.IPAddress => _addresses,
            _ => _emails,
        };

    /// <summary>Reads a certificate; null when it is none.</summary>
    public static PeerCertificate? TryParse(byte[] encoded)
    {
        try
        {
            return new PeerCertificate(encoded);
        }
        catch (AsnContentException)
        {
            return null; // OpenSSL takes some that are not DER; nothing that asks for a name admits them
        }
    }

    /// <summary>The first certificate in PEM; null where there is none that can be read.</summary>
    public static PeerCertificate? FirstOf(ReadOnlyMemory<byte> pem)
    {
        var certificates = Pem.ReadCertificates(pem.Span);
        var first = certificates.Count > 0 ? NativeCertificate.Describe(certificates[0]) : null;
        foreach (var certificate in certificates)
            Interop.LibCrypto.FreeCertificate(certificate);
        return first;
    }

    private static bool IsSpiffe(string uri) => uri.StartsWith("spiffe://", StringComparison.OrdinalIgnoreCase);

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    private void ReadExtensions(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var id = extension.ReadObjectIdentifier();
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
                extension.ReadBoolean(); // critical
            var content = extension.ReadOctetString();
            if (id == SubjectAltName)
                ReadNames(new AsnReader(content, AsnEncodingRules.DER).ReadSequence());
            else if (id == BasicConstraints)
                IsAuthority = ReadIsAuthority(new AsnReader(content, AsnEncodingRules.DER).ReadSequence());
            else if (id == KeyUsageId)
                KeyUsage = new AsnReader(content, AsnEncodingRules.DER).ReadNamedBitListValue<KeyUsages>();
            else if (id == TlsFeatures)
                MustStaple = AsksForStaple(new AsnReader(content, AsnEncodingRules.DER).ReadSequence());
        }
    }

    private static bool ReadIsAuthority(AsnReader constraints) =>
        constraints.HasData && constraints.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && constraints.ReadBoolean();

    private static bool AsksForStaple(AsnReader features)
    {
        while (features.HasData)
        {
            if (features.ReadIntegerBytes().Span is [StatusRequest])
                return true;
        }
        return false;
    }

    private void ReadKind(AsnReader algorithm)
    {
        HasRsaKey = algorithm.ReadObjectIdentifier() == RsaKey;
        if (HasRsaKey || !algorithm.HasData || !algorithm.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier))
            return;
        Curve = algorithm.ReadObjectIdentifier() switch
        {
            "1.2.840.10045.3.1.7" => 4,
            "1.3.132.0.34" => 5,
            "1.3.132.0.35" => 6,
            _ => 0,
        };
    }

    private void ReadNames(AsnReader names)
    {
        HasAlternativeNames = true;
        while (names.HasData)
        {
            var tag = names.PeekTag();
            switch (tag.TagValue)
            {
                case 1:
                    _emails.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 2:
                    _dnsNames.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 6:
                    _uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 7 when names.ReadOctetString(tag) is { Length: 4 or 16 } address:
                    _addresses.Add(new IPAddress(address).ToString());
                    break;
                case 7:
                    break;
                default:
                    names.ReadEncodedValue();
                    break;
            }
        }
    }
}

/// <summary>Uses of a key (RFC 5280 §4.2.1.3), by their bits.</summary>
[Flags]
public enum KeyUsages
{
    None = 0,
    DigitalSignature = 1 << 0,
    NonRepudiation = 1 << 1,
    KeyEncipherment = 1 << 2,
    DataEncipherment = 1 << 3,
    KeyAgreement = 1 << 4,
    CertificateSigning = 1 << 5,
    RevocationSigning = 1 << 6,
    EncipherOnly = 1 << 7,
    DecipherOnly = 1 << 8,
}
