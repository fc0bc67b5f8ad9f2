// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lateen.ControlPlane.ResourceApi.Security;

/// <summary>
/// A certificate authority of our own for the API, for where nobody gives us one: its key and certificate, and those of the server,
/// are files in a directory, made with the first start.
/// </summary>
internal sealed class OwnAuthority(string directory, TimeProvider time)
{
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan s_authorityLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan s_serverLife = TimeSpan.FromDays(365);

    /// <summary>A certificate with less left is made anew at start.</summary>
    private static readonly TimeSpan s_least = TimeSpan.FromDays(60);

    /// <summary>Clocks differ.</summary>
    private static readonly TimeSpan s_before = TimeSpan.FromMinutes(5);

    public string CertificatePath => Path.Combine(directory, "ca.crt");

    private string KeyPath => Path.Combine(directory, "ca.key");

    /// <summary>The server's certificate, with its key; made or renewed if need be.</summary>
    /// <param name="addresses">Under which clients find the server, beside the names of this machine.</param>
    public X509Certificate2 ServerCertificate(IEnumerable<IPAddress> addresses)
    {
        KeyFiles.CreateDirectory(directory);
        var (certificate, key) = (Path.Combine(directory, "server.crt"), Path.Combine(directory, "server.key"));
        var names = NamesOf(addresses);
        using var authority = Authority();
        if (!File.Exists(certificate) || !File.Exists(key) || !IsStillGood(certificate, authority, names))
        {
            using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var made = Issue(authority, "CN=lateen", pair, names, ServerAuth, s_serverLife);
            KeyFiles.WritePrivate(key, pair.ExportPkcs8PrivateKeyPem());
            KeyFiles.WritePublic(certificate, made.ExportCertificatePem() + "\n");
        }
        return KeyFiles.Read(certificate, key);
    }

    /// <summary>A certificate by which a client is known.</summary>
    /// <param name="subject">The user as <c>CN</c>, groups as <c>O</c>.</param>
    public X509Certificate2 IssueClient(string subject, ECDsa key, TimeSpan life)
    {
        using var authority = Authority();
        return Issue(authority, subject, key, null, ClientAuth, life);
    }

    private X509Certificate2 Authority()
    {
        if (!File.Exists(CertificatePath) || !File.Exists(KeyPath))
        {
            using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("O=lateen, CN=lateen API", pair, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
            request.CertificateExtensions.Add(
                new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
            );
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
            var now = time.GetUtcNow();
            using var made = request.CreateSelfSigned(now - s_before, now + s_authorityLife);
            KeyFiles.WritePrivate(KeyPath, pair.ExportPkcs8PrivateKeyPem());
            KeyFiles.WritePublic(CertificatePath, made.ExportCertificatePem() + "\n");
        }
        return KeyFiles.Read(CertificatePath, KeyPath);
    }

    private X509Certificate2 Issue(
        X509Certificate2 authority,
        string subject,
        ECDsa key,
        X509Extension? names,
        string usage,
        TimeSpan life
    )
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false)
        );
        if (names is not null)
            request.CertificateExtensions.Add(names);
        var now = time.GetUtcNow();
        return request.Create(authority, now - s_before, now + life, RandomNumberGenerator.GetBytes(16));
    }

    private bool IsStillGood(string path, X509Certificate2 authority, X509Extension names)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(path);
        return new DateTimeOffset(certificate.NotAfter) - time.GetUtcNow() > s_least
            && certificate.Issuer == authority.Subject
            && certificate.Extensions.Any(extension =>
                extension.Oid!.Value == names.Oid!.Value && extension.RawData.AsSpan().SequenceEqual(names.RawData)
            )
            && ClientChain.IsIssuedBy(certificate, [authority], usage: null, time);
    }

    private static X509Extension NamesOf(IEnumerable<IPAddress> addresses)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in new[] { "localhost", Dns.GetHostName() }.Distinct(StringComparer.OrdinalIgnoreCase))
            names.AddDnsName(name);
        var all = addresses
            .Where(static address => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            .Concat([IPAddress.Loopback, IPAddress.IPv6Loopback])
            .Distinct()
            .OrderBy(static address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
            .ThenBy(static address => address.ToString(), StringComparer.Ordinal);
        foreach (var address in all)
            names.AddIpAddress(address);
        return names.Build();
    }
}
