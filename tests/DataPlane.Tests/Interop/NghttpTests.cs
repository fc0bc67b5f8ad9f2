// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace DataPlane.Tests.Interop;

/// <summary>nghttp and h2load through a serving proxy: many streams, small windows, big bodies, trailers, odd frames.</summary>
public sealed class NghttpTests(Origins origins) : IClassFixture<Origins>
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var scheme in new[] { "http", "https", "mutual" })
            {
                rows.Add(scheme, "/h1");
                rows.Add(scheme, "/h2");
            }
            return rows;
        }
    }

    /// <summary>Options of h2load, what it asks for, and how many answers have to come.</summary>
    public static TheoryData<string, string, string, int> Loads =>
        new()
        {
            { "http", "-n 600 -c 4 -m 50", "/h1/page", 600 },
            { "http", "-n 600 -c 4 -m 50", "/h2/page", 600 },
            { "https", "-n 600 -c 4 -m 50", "/h1/page", 600 },
            { "https", "-n 600 -c 4 -m 50", "/h2/page", 600 },
            { "http", "-n 300 -c 3 --h1", "/h1/page", 300 },
            { "http", "-n 300 -c 3 --h1", "/h2/page", 300 },
            { "https", "-n 300 -c 3 --h1", "/h2/page", 300 },
            { "https", "-n 40 -c 20 -m 2 --tls13-ciphers=TLS_CHACHA20_POLY1305_SHA256", "/h2/page", 40 },
            // Each window much smaller than what has to pass.
            { "http", "-n 6 -c 2 -m 3 -w 14 -W 15", "/h1/big", 6 },
            { "http", "-n 6 -c 2 -m 3 -w 14 -W 15", "/h2/big", 6 },
            { "https", "-n 6 -c 2 -m 3 -w 12 -W 20", "/h2/big", 6 },
            { "https", "-n 6 -c 2 -m 3 -w 24 -W 14", "/h1/big", 6 },
            { "http", "-n 6 -c 1 -m 6 -f 1048576", "/h2/big", 6 },
            // Bodies both ways at a time.
            { "http", "-n 6 -c 2 -m 3 -d BIG", "/h2/page", 6 },
            { "https", "-n 6 -c 2 -m 3 -d BIG", "/h2/page", 6 },
            { "http", "-n 6 -c 2 -m 3 -w 14 -W 15 -d BIG", "/h2/page", 6 },
            { "http", "-n 4 -c 2 --h1 -d BIG", "/h2/page", 4 },
            // Tables of headers that hold nothing.
            { "http", "-n 200 -c 1 -m 20 --header-table-size=0 --encoder-header-table-size=0", "/h2/page", 200 },
        };

    [Theory]
    [MemberData(nameof(Loads))]
    public async Task Loads_of_h2load(string scheme, string options, string path, int count)
    {
        var (code, output) = await Tool.Run(
            "h2load",
            $"{options.Replace("BIG", origins.BigFile, StringComparison.Ordinal)} {Uri(scheme, path)}"
        );
        Assert.Equal(0, code);
        var all =
            $"requests: {count} total, {count} started, {count} done, {count} succeeded, 0 failed, 0 errored, 0 timeout";
        Assert.True(output.Contains(all, StringComparison.Ordinal), output);
        Assert.True(
            output.Contains($"status codes: {count} 2xx, 0 3xx, 0 4xx, 0 5xx", StringComparison.Ordinal),
            output
        );
        if (path.EndsWith("/big", StringComparison.Ordinal))
        {
            var bytes = Regex.Match(output, @"\((\d+)\) data").Groups[1].Value;
            Assert.Equal((long)count * Origins.Big, long.Parse(bytes, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Thirty streams at a time on one connection; each has its answer, and nobody resets anything.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Streams_at_a_time(string scheme, string origin)
    {
        var uris = string.Join(' ', Enumerable.Range(1, 30).Select(i => Uri(scheme, $"{origin}/files/{i}")));
        var certificate =
            scheme == "mutual"
                ? origins
                    .ClientCertificate.Replace("--cert ", "--cert=", StringComparison.Ordinal)
                    .Replace("--key ", "--key=", StringComparison.Ordinal)
                : "";
        var (output, frames) = await Nghttp($"-M 100 {certificate}", uris);
        for (var i = 1; i <= 30; i++)
            Assert.Contains($"file {i}\n", output, StringComparison.Ordinal);
        Assert.Equal(30, Regex.Count(frames, @"recv \(stream_id=\d+\) :status: 200"));
        Assert.DoesNotContain("RST_STREAM", frames, StringComparison.Ordinal);
        Assert.Matches(@"SETTINGS_MAX_CONCURRENT_STREAMS\(0x03\):100", frames);
    }

    /// <summary>What is unusual and allowed: the same answer as without it.</summary>
    [Theory]
    [InlineData("--padding=255")]
    [InlineData("--continuation")]
    [InlineData("--no-dep --weight=256")]
    [InlineData("--no-rfc7540-pri")]
    [InlineData("-w 4 -W 16")]
    [InlineData("-w 30 -W 30")]
    [InlineData("-c 0")]
    [InlineData("-c 4096 -c 0 -c 65536 --encoder-header-table-size=0")]
    [InlineData("--encoder-header-table-size=65536 -c 1048576")]
    [InlineData("--max-concurrent-streams=0 --no-push")]
    public async Task Odd_clients(string options)
    {
        foreach (var scheme in new[] { "http", "https" })
        {
            var (output, frames) = await Nghttp($"{options} -m 5", Uri(scheme, "/h2/page"));
            Assert.Equal(5, Regex.Count(output, "hello, world\n"));
            Assert.Equal(5, Regex.Count(frames, @"recv \(stream_id=\d+\) :status: 200"));
            Assert.DoesNotContain("RST_STREAM", frames, StringComparison.Ordinal);
        }
    }

    /// <summary>HTTP/1.1 first: the request that asks for HTTP/2 is the first stream, and others follow.</summary>
    [Theory]
    [InlineData("/h1", "")]
    [InlineData("/h2", "")]
    [InlineData("/h2", "-w 4 -W 16")]
    [InlineData("/h2", "-c 0 --padding=100")]
    public async Task Upgrades(string origin, string options)
    {
        var (output, frames) = await Nghttp($"-u -m 20 {options}", Uri("http", $"{origin}/page"));
        Assert.Contains("HTTP Upgrade success", frames, StringComparison.Ordinal);
        Assert.Equal(20, Regex.Count(output, "hello, world\n"));
        Assert.Equal(20, Regex.Count(frames, @"recv \(stream_id=\d+\) :status: 200"));
    }

    [Theory]
    [InlineData("http", "")]
    [InlineData("https", "")]
    [InlineData("http", "--no-content-length")]
    [InlineData("https", "--expect-continue")]
    [InlineData("http", "--padding=100 -w 10")]
    [InlineData("http", "-u")]
    public async Task Bodies_come_back(string scheme, string options)
    {
        var file = origins.Proxy.WriteFile("body", origins.BigContent[..300_000]);
        var (output, frames) = await Nghttp($"{options} -d {file}", Uri(scheme, "/h2/page"));
        Assert.Equal(origins.BigContent[..300_000], System.Text.Encoding.Latin1.GetBytes(output));
        Assert.Contains(":status: 200", frames, StringComparison.Ordinal);
        if (options == "--expect-continue")
            Assert.Contains(":status: 100", frames, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http", "/unsized/page")]
    [InlineData("https", "/unsized/page")]
    [InlineData("http", "/h1/trailers")]
    [InlineData("https", "/h1/trailers")]
    public async Task Trailers_of_answers(string scheme, string path)
    {
        var (output, frames) = await Nghttp("-H te:trailers", Uri(scheme, path));
        Assert.Equal("hello, world\n", output);
        Assert.Matches(
            @"(?s)recv DATA.*recv \(stream_id=\d+\) x-sum: 42\n.*recv HEADERS frame <length=\d+, flags=0x05",
            frames
        );
    }

    private string Uri(string scheme, string path) =>
        scheme switch
        {
            "http" => $"http://{origins.Plain}{path}",
            "https" => $"https://{origins.Tls}{path}",
            _ => $"https://{origins.Mutual}{path}",
        };

    /// <summary>The bodies, and what happened frame by frame.</summary>
    private static async Task<(string Bodies, string Frames)> Nghttp(string options, string uris)
    {
        var (code, bodies, _) = await Tool.RunApart("nghttp", $"-t 10 {options} {uris}");
        Assert.Equal(0, code);
        var (_, frames, _) = await Tool.RunApart("nghttp", $"-v -n -t 10 {options} {uris}");
        return (bodies, frames);
    }
}
