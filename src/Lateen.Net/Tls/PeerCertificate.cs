// SPDX-License-Identifier: Apache-2.0
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;

namespace Lateen.Net.Tls;

/// <summary>What a certificate says (RFC 5280 §4.1), read once from its encoding. Immutable.</summary>
public sealed class PeerCertificate
{
    private const string SubjectAltName = "2.5.29.17";
    private const string BasicConstraints = "2.5.29.19";

    private readonly List<string> _emails = [];
    private readonly List<string> _dnsNames = [];
    private readonly List<string> _uris = [];
    private readonly List<string> _addresses = [];
    private readonly byte[] _encoded;
    private string? _sha256;

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

    public IReadOnlyList<string> Uris => _uris;

    public IReadOnlyList<string> DnsNames => _dnsNames;

    /// <summary>SHA-256 of the certificate in lower-case hexadecimal, as Envoy logs it; made when first asked for.</summary>
    public string Sha256 => _sha256 ??= Convert.ToHexStringLower(SHA256.HashData(_encoded));

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
        }
    }

    private static bool ReadIsAuthority(AsnReader constraints) =>
        constraints.HasData && constraints.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && constraints.ReadBoolean();

    private void ReadNames(AsnReader names)
    {
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
