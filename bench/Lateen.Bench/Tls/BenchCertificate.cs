// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lateen.Bench.Tls;

/// <summary>A server's certificate, signed by itself, with an ECDSA key on P-256, in PEM.</summary>
internal sealed record BenchCertificate(string Chain, string Key)
{
    public static BenchCertificate Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bench.local", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("bench.local");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));
        return new BenchCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Certificate and key in one file, as HAProxy wants it, and nginx can.</summary>
    public string WriteTo(WorkDirectory directory) => directory.Write("server.pem", $"{Chain}\n{Key}\n");
}
