// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace DataPlane.Tests.Interop;

/// <summary>nghttpx, a proxy of others, in front of ours and behind it, in every pair of versions of HTTP.</summary>
public sealed class NghttpxTests(Origins origins) : IClassFixture<Origins>, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-nghttpx-").FullName;
    private readonly byte[] _body = RandomNumberGenerator.GetBytes(700_000);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>What the client speaks × what nghttpx and our proxy speak × whether that has TLS around.</summary>
    public static TheoryData<string, string, bool> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, bool>();
            foreach (var client in new[] { "--http1.1", "--http2-prior-knowledge" })
            {
                foreach (var between in new[] { "http/1.1", "h2" })
                {
                    rows.Add(client, between, false);
                    rows.Add(client, between, true);
                }
            }
            return rows;
        }
    }

    /// <summary>nghttpx believes our certificate, and talks to the proxy as a client with many streams.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public async Task In_front(string client, string between, bool tls)
    {
        var to = tls ? origins.Tls : origins.Plain;
        using var nghttpx = await Nghttpx.StartAsync(
            $"{to.Address},{to.Port};;proto={between}{(tls ? ";tls;sni=localhost" : "")}",
            ";no-tls",
            $"--cacert={origins.Proxy.Roots}"
        );
        await Talk(client, $"http://{nghttpx.At}/h2");
        await Talk(client, $"http://{nghttpx.At}/unsized");
        var page = await Curl($"{client} -H x-mine:yours", $"http://{nghttpx.At}/h1/seen");
        Assert.Equal("GET HTTP/1.1 yours", page);
    }

    /// <summary>Our proxy asks nghttpx, which asks nghttpd.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Behind(string client, string between, bool tls)
    {
        using var nghttpd = await NghttpServer.StartAsync(_directory, "--echo-upload");
        await File.WriteAllTextAsync(Path.Combine(_directory, "page"), "hello, world\n", Stop);
        using var proxy = new HttpsProxy();
        var (certificate, key) = proxy.Server.WriteTo(proxy.Directory, "server");
        using var nghttpx = await Nghttpx.StartAsync(
            $"{nghttpd.At.Address},{nghttpd.At.Port};;proto=h2",
            tls ? "" : ";no-tls",
            tls ? $"--npn-list={between} {key} {certificate}" : ""
        );
        var socket = Tls.TlsJson.Upstream(
            $"\"alpnProtocols\":[\"{between}\"],\"validationContext\":{{\"trustedCa\":{Tls.TlsJson.Roots(proxy.Authority)}}}"
        );
        var more = between == "h2" ? HttpsProxy.Http2 : "";
        proxy.Cluster("a", nghttpx.At.Port, tls ? socket : null, more, nghttpx.At.Address.ToString());
        await Talk(client, $"http://{proxy.Listen(null)}");
    }

    /// <summary>A page, and bodies of several requests at a time that come back.</summary>
    private async Task Talk(string client, string prefix)
    {
        Assert.Equal("hello, world\n200", await Curl($"{client} -w %{{http_code}}", $"{prefix}/page"));
        var file = Path.Combine(_directory, "body");
        await File.WriteAllBytesAsync(file, _body, Stop);
        var runs = Enumerable
            .Range(0, 4)
            .Select(i => Curl($"{client} -T {file} -H expect: -o {file}-{i} -w %{{http_code}}", $"{prefix}/echo"));
        Assert.All(await Task.WhenAll(runs), static printed => Assert.Equal("200", printed));
        for (var i = 0; i < 4; i++)
            Assert.True(
                (await File.ReadAllBytesAsync($"{file}-{i}", Stop)).AsSpan().SequenceEqual(_body),
                "other bytes"
            );
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<string> Curl(string arguments, string uri)
    {
        var (code, output) = await Tool.Run("curl", $"-sS --max-time 20 {arguments} {uri}");
        Assert.True(code == 0, $"curl {arguments} {uri} ended with {code}: {output}");
        return output;
    }
}
