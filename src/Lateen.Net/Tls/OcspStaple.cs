// SPDX-License-Identifier: Apache-2.0
using System.Formats.Asn1;

namespace Lateen.Net.Tls;

/// <summary>
/// An OCSP response (RFC 6960 §4.2.1) that a server shows with its certificate. As Envoy does, it is checked for being a
/// success about one certificate; its signature is the client's affair.
/// </summary>
internal sealed class OcspStaple
{
    private const string BasicResponse = "1.3.6.1.5.5.7.48.1.1";
    private const int Successful = 0;

    private readonly byte[] _encoded;
    private readonly DateTimeOffset? _nextUpdate;

    private OcspStaple(byte[] encoded, string serialNumber, DateTimeOffset? nextUpdate)
    {
        _encoded = encoded;
        SerialNumber = serialNumber;
        _nextUpdate = nextUpdate;
    }

    public ReadOnlySpan<byte> Encoded => _encoded;

    /// <summary>Of the certificate it is about, as <see cref="PeerCertificate.SerialNumber"/>.</summary>
    public string SerialNumber { get; }

    /// <summary>A response that does not say until when it holds is never good, as in Envoy.</summary>
    public bool IsValidAt(DateTimeOffset now) => _nextUpdate is { } end && now <= end;

    /// <summary>Reads a response in DER.</summary>
    /// <exception cref="TlsConfigurationException">It is none, it is an error, or it is not about one certificate.</exception>
    public static OcspStaple Parse(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            var response = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            var status = response.ReadEnumeratedBytes().Span;
            if (status is not [Successful])
                throw new TlsConfigurationException(
                    $"ocsp_staple: is an error of the responder (status {Convert.ToHexString(status)}); give a success"
                );
            var bytes = response.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
            if (bytes.ReadObjectIdentifier() != BasicResponse)
                throw new TlsConfigurationException("ocsp_staple: is of another kind than id-pkix-ocsp-basic");
            var basic = new AsnReader(bytes.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
            return ReadData(encoded.ToArray(), basic.ReadSequence());
        }
        catch (AsnContentException failure)
        {
            throw new TlsConfigurationException(
                $"ocsp_staple: is no OCSP response in DER ({failure.Message}); give what the responder sent"
            );
        }
    }

    private static OcspStaple ReadData(byte[] encoded, AsnReader data)
    {
        if (data.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
            data.ReadEncodedValue(); // version
        data.ReadEncodedValue(); // responder
        data.ReadEncodedValue(); // when it was made
        var all = data.ReadSequence();
        var single = all.ReadSequence();
        if (all.HasData)
            throw new TlsConfigurationException("ocsp_staple: is about several certificates; give one for each");
        var certificate = single.ReadSequence();
        certificate.ReadEncodedValue(); // hash
        certificate.ReadEncodedValue(); // issuer's name
        certificate.ReadEncodedValue(); // issuer's key
        var serial = Convert.ToHexStringLower(certificate.ReadIntegerBytes().Span.TrimStart((byte)0));
        single.ReadEncodedValue(); // good, revoked or unknown
        single.ReadGeneralizedTime(); // this update
        var next = new Asn1Tag(TagClass.ContextSpecific, 0);
        var hasNext = single.HasData && single.PeekTag().HasSameClassAndValue(next);
        return new OcspStaple(encoded, serial, hasNext ? single.ReadSequence(next).ReadGeneralizedTime() : null);
    }
}
