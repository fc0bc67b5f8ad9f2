// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>A certificate authority of a test: issues what the test describes, right or wrong.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();

    private readonly X509Certificate2 _root;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TestAuthority? _parent;

    /// <param name="parent">Who vouches for it; null for a root.</param>
    public TestAuthority(string name = "Test root", TestAuthority? parent = null)
    {
        _parent = parent;
        var request = new CertificateRequest($"CN={name}, O=Lateen", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        const X509KeyUsageFlags Usage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;
        request.CertificateExtensions.Add(new X509KeyUsageExtension(Usage, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = parent is null
            ? request.CreateSelfSigned(s_now.AddDays(-30), s_now.AddDays(30))
            : request.Create(
                parent._root.SubjectName,
                X509SignatureGenerator.CreateForECDsa(parent._key),
                s_now.AddDays(-29),
                s_now.AddDays(29),
                NewSerial()
            );
    }

    /// <summary>What an issued certificate needs behind it: this authority and those above it, the root left out.</summary>
    private string Issuers => _parent is null ? "" : $"\n{_root.ExportCertificatePem()}{_parent.Issuers}";

    /// <summary>A staple about a certificate (RFC 6960), DER, signed by the authority itself.</summary>
    /// <param name="ends">Next update; null leaves it out.</param>
    /// <param name="status">0 for a success.</param>
    public byte[] Staple(TestCertificate certificate, DateTimeOffset? ends, int status = 0) =>
        new TestOcspResponse(_root, _key).Build(certificate.Serial, s_now.AddHours(-2), ends, status);

    public byte[] Pem => Encoding.ASCII.GetBytes(_root.ExportCertificatePem());

    public X509Certificate2 Root => _root;

    public TestCertificate Issue(CertificateOrder order)
    {
        using var ecdsa = order.Rsa ? null : ECDsa.Create(order.Curve);
        using var rsa = order.Rsa ? RSA.Create(2048) : null;
        var subject = new X500DistinguishedName($"CN={order.CommonName}, O=Lateen");
        var request = rsa is null
            ? new CertificateRequest(subject, ecdsa!, HashAlgorithmName.SHA256)
            : new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(order.IsAuthority, false, 0, true));
        var usage = order.Usage;
        if (order.IsAuthority)
            usage |= X509KeyUsageFlags.KeyCertSign;
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        if (order.MustStaple)
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.5.5.7.1.24", [0x30, 3, 2, 1, 5], false));
        var purposes = new OidCollection();
        foreach (var purpose in order.Purposes)
            purposes.Add(new Oid(purpose));
        if (purposes.Count > 0)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, false));
        AddNames(request, order);
        var from = s_now + order.From;
        var to = s_now + order.To;
        var serial = NewSerial();
        using var issued = order.SelfSigned
            ? SelfSigned(request, from, to)
            : request.Create(_root.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), from, to, serial);
        var chain = issued.ExportCertificatePem() + (order.SelfSigned ? "" : Issuers);
        var key = rsa?.ExportPkcs8PrivateKeyPem() ?? ecdsa!.ExportPkcs8PrivateKeyPem();
        return new TestCertificate(chain, key, serial);
    }

    /// <summary>A revocation list, PEM.</summary>
    public byte[] Revoke(params TestCertificate[] certificates) =>
        RevokeSerials(certificates.Select(static certificate => certificate.Serial).ToArray());

    /// <inheritdoc cref="Revoke"/>
    public byte[] RevokeSerials(IReadOnlyList<byte[]> serials)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var serial in serials)
            list.AddEntry(serial, s_now.AddDays(-1));
        var encoded = list.Build(
            _root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            crlNumber: 1,
            s_now.AddDays(7),
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
                _root.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single()
            ),
            s_now.AddDays(-1)
        );
        return Encoding.ASCII.GetBytes(PemEncoding.WriteString("X509 CRL", encoded));
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }

    private static void AddNames(CertificateRequest request, CertificateOrder order)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in order.DnsNames)
            names.AddDnsName(name);
        foreach (var uri in order.Uris)
            names.AddUri(new Uri(uri));
        foreach (var email in order.Emails)
            names.AddEmailAddress(email);
        foreach (var address in order.Addresses)
            names.AddIpAddress(System.Net.IPAddress.Parse(address));
        if (order.DnsNames.Count + order.Uris.Count + order.Emails.Count + order.Addresses.Count > 0)
            request.CertificateExtensions.Add(names.Build());
    }

    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(8);
        serial[0] = (byte)(0x40 | (serial[0] & 0x3F)); // positive, and no zero in front
        return serial;
    }

    private static X509Certificate2 SelfSigned(CertificateRequest request, DateTimeOffset from, DateTimeOffset to) =>
        request.CreateSelfSigned(from, to);
}

/// <summary>What a certificate is to say.</summary>
public sealed record CertificateOrder
{
    public const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    public const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    public string CommonName { get; init; } = "test";
    public IReadOnlyList<string> DnsNames { get; init; } = [];
    public IReadOnlyList<string> Uris { get; init; } = [];
    public IReadOnlyList<string> Emails { get; init; } = [];
    public IReadOnlyList<string> Addresses { get; init; } = [];
    public X509KeyUsageFlags Usage { get; init; } = X509KeyUsageFlags.DigitalSignature;
    public ECCurve Curve { get; init; } = ECCurve.NamedCurves.nistP256;
    public bool MustStaple { get; init; }
    public IReadOnlyList<string> Purposes { get; init; } = [ServerPurpose, ClientPurpose];
    public TimeSpan From { get; init; } = TimeSpan.FromDays(-1);
    public TimeSpan To { get; init; } = TimeSpan.FromDays(1);
    public bool Rsa { get; init; }
    public bool IsAuthority { get; init; }
    public bool SelfSigned { get; init; }

    public static CertificateOrder ForDns(params string[] names) => new() { CommonName = names[0], DnsNames = names };

    public static CertificateOrder ForSpiffe(string id) => new() { Uris = [id] };
}

/// <summary>A certificate with its key, PEM.</summary>
public sealed record TestCertificate(string Chain, string Key, byte[] Serial)
{
    public TlsCertificate ForLateen => new(Encoding.ASCII.GetBytes(Chain), Encoding.ASCII.GetBytes(Key));

    /// <summary>With its key, for SslStream.</summary>
    public X509Certificate2 ForDotNet()
    {
        using var pair = X509Certificate2.CreateFromPem(Chain, Key);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Writes both into a directory, for tools; returns their paths.</summary>
    public (string Certificate, string Key) WriteTo(string directory, string name)
    {
        var certificate = Path.Combine(directory, name + ".pem");
        var key = Path.Combine(directory, name + ".key");
        File.WriteAllText(certificate, Chain);
        File.WriteAllText(key, Key);
        return (certificate, key);
    }
}
