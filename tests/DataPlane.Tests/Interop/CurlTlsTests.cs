// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Tls;

namespace DataPlane.Tests.Interop;

/// <summary>Whom a serving proxy lets in, and whom curl trusts.</summary>
public sealed class CurlTlsTests(Origins origins) : IClassFixture<Origins>
{
    /// <summary>How curl comes × the certificate it shows.</summary>
    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var version in new[] { "--tls-max 1.2", "--tlsv1.3" })
            {
                foreach (var http in new[] { "--http1.1", "--http2" })
                {
                    foreach (var who in new[] { "ours", "none", "of another authority", "expired", "self-signed" })
                        rows.Add($"{http} {version}", who);
                }
            }
            return rows;
        }
    }

    /// <summary>Who has no certificate, or one that the authority does not answer for, is refused by the listener that asks for them.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Certificates_of_clients(string way, string who)
    {
        using var other = new TestAuthority("Other root");
        var mine = CertificateOrder.ForSpiffe("spiffe://td/ns/a/sa/b");
        TestCertificate? certificate = who switch
        {
            "none" => null,
            "of another authority" => other.Issue(mine),
            "expired" => Ours(mine with { From = TimeSpan.FromDays(-2), To = TimeSpan.FromHours(-1) }),
            "self-signed" => Ours(mine with { SelfSigned = true }),
            _ => Ours(mine),
        };
        var shown = certificate is null ? "" : origins.Proxy.CurlCertificate(certificate);
        var (code, output) = await origins.Proxy.Curl(origins.Mutual, $"{way} {shown}", "/h1/page");
        if (who == "ours")
        {
            Assert.Equal((0, "hello, world\n"), (code, output));
            return;
        }
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("hello", output, StringComparison.Ordinal);
        // The alert says "certificate expired", which curl takes for its own verdict.
        Assert.Matches("alert|reset|getpeername|\\(60\\) SSL certificate verification failed", output);
    }

    /// <summary>curl's exit code when it does not trust the proxy (60), or has no version in common with it (35).</summary>
    [Theory]
    [InlineData("--cacert ROOTS", 0)]
    [InlineData("--cacert OTHER", 60)]
    [InlineData("--cacert ROOTS --connect-to elsewhere.test:443:ADDRESS https://elsewhere.test/h1/page", 60)]
    [InlineData("--cacert ROOTS --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0", 35)]
    [InlineData("--cacert ROOTS --tls-max 1.2 --ciphers ECDHE-ECDSA-AES256-SHA", 35)]
    public async Task Trust_of_curl(string options, int expected)
    {
        using var other = new TestAuthority("Other root");
        var path = origins.Proxy.WriteFile("other.pem", other.Pem);
        var arguments = options
            .Replace("ROOTS", origins.Proxy.Roots, StringComparison.Ordinal)
            .Replace("OTHER", path, StringComparison.Ordinal)
            .Replace("ADDRESS", origins.Tls.ToString(), StringComparison.Ordinal);
        if (!options.Contains("https://", StringComparison.Ordinal))
            arguments += $" --connect-to localhost:443:{origins.Tls} https://localhost/h1/page";
        var (code, output) = await Tool.Run("curl", $"-sS --max-time 20 {arguments}");
        Assert.True(code == expected, $"{code}: {output}");
        Assert.Equal(expected == 0, output.Contains("hello, world", StringComparison.Ordinal));
    }

    private TestCertificate Ours(CertificateOrder order) => origins.Proxy.Authority.Issue(order);
}
