// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Interop;
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>OCSP responses that a server shows with its certificate, as curl and openssl see them.</summary>
public sealed class OcspStaplingTests : IDisposable
{
    private readonly TlsFixture _tls = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-ocsp-").FullName;

    public void Dispose()
    {
        _tls.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>curl checks the response's signature and that it is about the certificate.</summary>
    [Fact]
    public async Task Curl_takes_our_staple_for_the_authoritys_word()
    {
        // curl looks for the issuer among what the server sends.
        var good = Certificate("good");
        var chain = (byte[])[.. good.Chain.Span, (byte)'\n', .. _tls.Authority.Pem];
        var at = await _tls.Serve(Server(OcspStaplePolicy.LenientStapling, good with { Chain = chain }), AnswerHttp);
        var roots = Path.Combine(_directory, "roots.pem");
        await File.WriteAllBytesAsync(roots, _tls.Authority.Pem, TestContext.Current.CancellationToken);
        var (code, output) = await Tool.Run(
            "curl",
            $"-sS --max-time 10 --http1.1 --cert-status --cacert {roots} --resolve localhost:{at.Port}:127.0.0.1 https://localhost:{at.Port}/"
        );
        Assert.Equal((0, "ahoy"), (code, output));
    }

    public static TheoryData<string, OcspStaplePolicy, bool, OcspOutcome> Policies =>
        new()
        {
            // staple | policy | whether the client asks | what becomes of it
            { "good", OcspStaplePolicy.LenientStapling, true, OcspOutcome.Stapled },
            { "good", OcspStaplePolicy.StrictStapling, true, OcspOutcome.Stapled },
            { "good", OcspStaplePolicy.MustStaple, true, OcspOutcome.Stapled },
            { "good", OcspStaplePolicy.MustStaple, false, OcspOutcome.NotRequested },
            { "none", OcspStaplePolicy.LenientStapling, true, OcspOutcome.Omitted },
            { "none", OcspStaplePolicy.StrictStapling, true, OcspOutcome.Omitted },
            { "expired", OcspStaplePolicy.LenientStapling, true, OcspOutcome.Omitted },
            { "expired", OcspStaplePolicy.StrictStapling, true, OcspOutcome.Failed },
            { "expired", OcspStaplePolicy.StrictStapling, false, OcspOutcome.NotRequested },
            { "expired", OcspStaplePolicy.MustStaple, true, OcspOutcome.Failed },
            { "endless", OcspStaplePolicy.StrictStapling, true, OcspOutcome.Failed }, // without an end it is never good
            { "good must", OcspStaplePolicy.LenientStapling, true, OcspOutcome.Stapled },
            { "expired must", OcspStaplePolicy.LenientStapling, true, OcspOutcome.Failed }, // the certificate asks for it
        };

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task Policies_decide(string staple, OcspStaplePolicy policy, bool asks, OcspOutcome expected)
    {
        var at = await _tls.Serve(Server(policy, Certificate(staple)));
        foreach (var version in new[] { "-tls1_2", "-tls1_3" })
        {
            var (code, output) = await Tool.Run(
                "openssl",
                $"s_client -connect 127.0.0.1:{at.Port} {version} {(asks ? "-status" : "")}"
            );
            var handshake = await _tls.NextHandshake();
            if (expected == OcspOutcome.Failed)
            {
                Assert.NotEqual(0, code);
                Assert.Equal(TlsOutcome.NoStaple, handshake.Outcome);
                continue;
            }
            Assert.Equal(0, code);
            Assert.Equal(expected, handshake.Connection!.Ocsp);
            if (asks)
                Assert.Contains(
                    expected == OcspOutcome.Stapled
                        ? "OCSP Response Status: successful (0x0)"
                        : "OCSP response: no response sent",
                    output,
                    StringComparison.Ordinal
                );
        }
    }

    /// <summary>A certificate that may not be shown is passed over for one that may.</summary>
    [Theory]
    [InlineData(true, "rsa")]
    [InlineData(false, "ec")]
    public async Task Another_certificate_is_shown_instead(bool asks, string expected)
    {
        var names = CertificateOrder.ForDns("localhost");
        var ec = With(_tls.Authority.Issue(names with { CommonName = "ec" }), "expired");
        var rsa = With(_tls.Authority.Issue(names with { CommonName = "rsa", Rsa = true }), "good");
        var at = await _tls.Serve(Server(OcspStaplePolicy.StrictStapling, ec, rsa));
        await Tool.Run(
            "openssl",
            $"s_client -connect 127.0.0.1:{at.Port} -servername localhost {(asks ? "-status" : "")}"
        );
        Assert.Equal(expected, (await _tls.NextHandshake()).Connection!.Own!.CommonName);
    }

    [Theory]
    [InlineData("junk", "is no OCSP response in DER")]
    [InlineData("error", "is an error of the responder (status 06)")]
    [InlineData("other", "is about another certificate")]
    [InlineData("none must", "ocsp_staple: is missing")]
    public void Staples_that_cannot_be_used_are_named(string staple, string named)
    {
        var failure = Assert.Throws<TlsConfigurationException>(() =>
            Server(OcspStaplePolicy.LenientStapling, Certificate(staple))
        );
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Must_staple_needs_a_staple()
    {
        var failure = Assert.Throws<TlsConfigurationException>(() =>
            Server(OcspStaplePolicy.MustStaple, Certificate("none"))
        );
        Assert.Contains("ocsp_staple: is missing", failure.Message, StringComparison.Ordinal);
    }

    private TlsCertificate Certificate(string staple)
    {
        var order = CertificateOrder.ForDns("localhost");
        var mustStaple = staple.EndsWith(" must", StringComparison.Ordinal);
        return With(_tls.Authority.Issue(order with { MustStaple = mustStaple }), staple.Split(' ')[0]);
    }

    private TlsCertificate With(TestCertificate certificate, string staple)
    {
        var now = TimeProvider.System.GetUtcNow();
        return certificate.ForLateen with
        {
            OcspStaple = staple switch
            {
                "none" => default,
                "junk" => "junk"u8.ToArray(),
                "error" => _tls.Authority.Staple(certificate, null, status: 6),
                "expired" => _tls.Authority.Staple(certificate, now.AddHours(-1)),
                "endless" => _tls.Authority.Staple(certificate, null),
                "other" => _tls.Authority.Staple(_tls.Authority.Issue(new CertificateOrder()), now.AddHours(1)),
                _ => _tls.Authority.Staple(certificate, now.AddHours(1)),
            },
        };
    }

    private static TlsContext Server(OcspStaplePolicy policy, params TlsCertificate[] certificates) =>
        TlsContext.Create(
            new TlsOptions
            {
                Role = TlsRole.Server,
                Certificates = certificates,
                OcspPolicy = policy,
            }
        );

    private static async LoopTask<int> AnswerHttp(ByteStream stream)
    {
        while (stream.Input.IndexOf("\r\n\r\n"u8) < 0 && await stream.ReadAsync() > 0) { }
        await stream.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nahoy"u8);
        stream.Close();
        return 0;
    }
}
