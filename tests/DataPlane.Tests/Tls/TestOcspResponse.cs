// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DataPlane.Tests.Tls;

/// <summary>Writes OCSP responses (RFC 6960 §4.2.1) of an authority that answers for itself.</summary>
[SuppressMessage(
    "Security",
    "CA5350",
    Justification = "SHA-1 names the issuer here; it protects nothing (RFC 6960 §4.1.1)."
)]
internal sealed class TestOcspResponse(X509Certificate2 authority, ECDsa key)
{
    private const string Sha1 = "1.3.14.3.2.26";
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    private const string BasicResponse = "1.3.6.1.5.5.7.48.1.1";

    /// <summary>One certificate is good.</summary>
    public byte[] Build(byte[] serial, DateTimeOffset begins, DateTimeOffset? ends, int status)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue([0x0A, 1, (byte)status]);
            if (status == 0)
            {
                using var bytes = writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
                using var response = writer.PushSequence();
                writer.WriteObjectIdentifier(BasicResponse);
                writer.WriteOctetString(Signed(Data(serial, begins, ends)));
            }
        }
        return writer.Encode();
    }

    private byte[] Signed(byte[] data)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(data);
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(EcdsaWithSha256);
            writer.WriteBitString(key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
                writer.WriteEncodedValue(authority.RawData);
        }
        return writer.Encode();
    }

    private byte[] Data(byte[] serial, DateTimeOffset begins, DateTimeOffset? ends)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                writer.WriteEncodedValue(authority.SubjectName.RawData);
            writer.WriteGeneralizedTime(begins, omitFractionalSeconds: true);
            using var all = writer.PushSequence();
            using var single = writer.PushSequence();
            WriteCertificateId(writer, serial);
            writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, 0)); // good
            writer.WriteGeneralizedTime(begins, omitFractionalSeconds: true);
            if (ends is { } end)
            {
                using var next = writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
                writer.WriteGeneralizedTime(end, omitFractionalSeconds: true);
            }
        }
        return writer.Encode();
    }

    private void WriteCertificateId(AsnWriter writer, byte[] serial)
    {
        using var id = writer.PushSequence();
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Sha1);
            writer.WriteNull();
        }
        writer.WriteOctetString(SHA1.HashData(authority.SubjectName.RawData));
        writer.WriteOctetString(SHA1.HashData(authority.PublicKey.EncodedKeyValue.RawData));
        writer.WriteIntegerUnsigned(serial);
    }
}
