// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using DataPlane.Tests.Tls;

namespace DataPlane.Tests.Interop;

/// <summary>nghttpd behind a serving proxy, in the ways that servers can be difficult.</summary>
public sealed class NghttpServerTests : IDisposable
{
    private readonly HttpsProxy _proxy = new();
    private readonly byte[] _body = RandomNumberGenerator.GetBytes(400_000);

    public void Dispose() => _proxy.Dispose();

    /// <summary>A server that allows few streams tells so when there are more already, and refuses them (RFC 9113 §5.1.2).</summary>
    private const string WithRetries = """
        {"match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryOn":"refused-stream","numRetries":12} } }
        """;

    /// <summary>Twelve requests at a time by connections of HTTP/1.1 or streams of HTTP/2, whose bodies come back.</summary>
    [Theory]
    [InlineData("", 400_000)]
    [InlineData("", 400_000, true)]
    [InlineData("--verify-client", 400_000, true)]
    // What is tried again has to be held as a whole.
    [InlineData("--max-concurrent-streams=1", 40_000)]
    [InlineData("--max-concurrent-streams=3", 40_000)]
    [InlineData("--max-concurrent-streams=3", 40_000, true)]
    [InlineData("--window-bits=10 --connection-window-bits=16", 400_000)]
    [InlineData("--window-bits=10 --connection-window-bits=16", 400_000, true)]
    [InlineData("--window-bits=30 --connection-window-bits=30", 400_000)]
    [InlineData("--padding=255", 400_000)]
    [InlineData("--padding=255", 400_000, true)]
    [InlineData("--header-table-size=0 --encoder-header-table-size=0", 400_000)]
    [InlineData("--header-table-size=1048576 --encoder-header-table-size=65536", 400_000)]
    [InlineData("--no-content-length", 400_000)]
    [InlineData("--no-rfc7540-pri", 400_000)]
    public async Task Bodies_come_back(string options, int size, bool tls = false)
    {
        using var server = await StartAsync($"--echo-upload {options}", tls);
        var at = _proxy.Listen(null, WithRetries);
        // nghttpd of 1.52 resets a stream with more sent than its smaller window allows, though that may be before its SETTINGS
        // are known (RFC 9113 §6.9.2): bodies come when they are.
        if (options.Contains("window-bits=10", StringComparison.Ordinal))
            Assert.Equal(
                (0, "404"),
                await _proxy.Curl(at, $"-o {_proxy.Directory}/none -w %{{http_code}}", "/none", "http")
            );
        var body = _body[..size];
        var file = _proxy.WriteFile("body", body);
        foreach (var version in new[] { "--http1.1", "--http2-prior-knowledge" })
        {
            var prints = Enumerable.Range(0, 12).Select(i => (Path: $"{file}-{i}", i)).ToArray();
            await Task.WhenAll(
                prints.Select(async print =>
                {
                    var arguments = $"{version} -H expect: -T {file} -o {print.Path}";
                    var (code, output) = await _proxy.Curl(at, arguments, $"/{print.i}", "http");
                    Assert.True(code == 0, output);
                })
            );
            foreach (var print in prints)
            {
                var got = File.ReadAllBytes(print.Path);
                Assert.True(got.AsSpan().SequenceEqual(body), $"{print.i}: {got.Length} other bytes");
            }
        }
    }

    /// <summary>An answer that comes before the request is whole arrives, and the rest of the request does no harm.</summary>
    [Fact]
    public async Task Early_answers()
    {
        using var server = await StartAsync("--early-response");
        File.WriteAllText(Path.Combine(_proxy.Directory, "page"), "early\n");
        var at = _proxy.Listen(null);
        var file = _proxy.WriteFile("body", _body);
        for (var i = 0; i < 5; i++)
        {
            var (code, output, _) = await Tool.RunApart("nghttp", $"-t 10 -d {file} http://{at}/page");
            Assert.Equal((0, "early\n"), (code, output));
        }
    }

    /// <summary>What nghttpd saw: trailers of the request, a line of headers larger than a frame, names without a trace of hops.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Heads_and_trailers_arrive(bool tls)
    {
        using var server = await StartAsync("--echo-upload");
        var at = _proxy.Listen(tls ? _proxy.Simple(",\"alpnProtocols\":[\"h2\"]") : null);
        var file = _proxy.WriteFile("body", _body);
        var line = new string('x', 20_000);
        var uri = $"{(tls ? "https" : "http")}://{at}/page";
        var (code, _, _) = await Tool.RunApart(
            "nghttp",
            $"-n -t 10 -d {file} --trailer x-sum:42 -H x-long:{line} {uri}"
        );
        Assert.Equal(0, code);
        var seen = await server.StopAsync();
        Assert.Contains($"x-long: {line}", seen, StringComparison.Ordinal);
        Assert.Matches(
            @"(?s)recv DATA.*recv \(stream_id=\d+\) x-sum: 42\n.*recv HEADERS frame <length=\d+, flags=0x05",
            seen
        );
        Assert.Contains($":authority: {at}", seen, StringComparison.Ordinal);
        Assert.Contains($"x-forwarded-proto: {(tls ? "https" : "http")}", seen, StringComparison.Ordinal);
        Assert.Empty(
            Regex.Matches(seen, @"recv \(stream_id=\d+\) (connection|host|transfer-encoding|upgrade|keep-alive):")
        );
    }

    /// <summary>What is read slowly arrives whole, of ten at a time, behind TLS and in plaintext; trailers are at its end.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Big_downloads(bool tls)
    {
        using var server = await StartAsync("--no-content-length --trailer x-sum:42", tls);
        var big = RandomNumberGenerator.GetBytes(3_000_000);
        _proxy.WriteFile("big", big);
        var at = _proxy.Listen(null);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(i =>
                {
                    var (version, to) = (
                        i % 2 == 0 ? "--http1.1" : "--http2-prior-knowledge",
                        Path.Combine(_proxy.Directory, $"big-{i}")
                    );
                    return _proxy.Curl(at, $"{version} --limit-rate 12M -o {to} -D {to}.headers", "/big", "http");
                })
        );
        for (var i = 0; i < answers.Length; i++)
        {
            Assert.Equal((0, ""), answers[i]);
            var to = Path.Combine(_proxy.Directory, $"big-{i}");
            Assert.True(File.ReadAllBytes(to).AsSpan().SequenceEqual(big), "other bytes");
            Assert.EndsWith("\r\n\r\nx-sum: 42", File.ReadAllText($"{to}.headers").TrimEnd(), StringComparison.Ordinal);
        }
    }

    private async Task<NghttpServer> StartAsync(string options, bool tls = false)
    {
        var files = _proxy.Server.WriteTo(_proxy.Directory, "server");
        var server = await NghttpServer.StartAsync(
            _proxy.Directory,
            options,
            tls ? $"{files.Key} {files.Certificate}" : ""
        );
        // As Istio has it: any number of retries at a time.
        const string More = HttpsProxy.Http2 + ",\"circuitBreakers\":{\"thresholds\":[{\"maxRetries\":1000}]}";
        var validation =
            $"\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_proxy.Authority)},\"matchTypedSubjectAltNames\":[{{\"sanType\":\"DNS\",\"matcher\":{{\"exact\":\"localhost\"}} }}]}}";
        var socket = TlsJson.Upstream(
            $"\"tlsCertificates\":[{TlsJson.Certificate(_proxy.Server)}],\"alpnProtocols\":[\"h2\"],{validation}"
        );
        _proxy.Cluster("a", server.At.Port, tls ? socket : null, More, server.At.Address.ToString());
        return server;
    }
}
