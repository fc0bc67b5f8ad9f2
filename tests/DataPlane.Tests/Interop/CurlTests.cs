// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Net;

namespace DataPlane.Tests.Interop;

/// <summary>curl, in every version of HTTP and TLS that it speaks, through a serving proxy to nginx and to nghttpd.</summary>
public sealed class CurlTests(Origins origins) : IClassFixture<Origins>, IDisposable
{
    private const string Hello = "hello, world\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-curl-").FullName;

    /// <summary>How curl comes × who serves.</summary>
    public static TheoryData<string, string> Rows => Cross(s_ways.Keys);

    /// <summary>Without upgrades: this curl has no room for a big answer that begins in one piece with the 101, and asks for none with a body.</summary>
    public static TheoryData<string, string> RowsOfBodies =>
        Cross(s_ways.Keys.Where(static way => way != "plain upgrade"));

    /// <inheritdoc cref="RowsOfBodies"/>
    public static TheoryData<string> WaysOfBodies => [.. s_ways.Keys.Where(static way => way != "plain upgrade")];

    /// <summary>Without h2c: this curl cannot use such a connection again, whoever serves.</summary>
    public static TheoryData<string, string> RowsOfMany => Cross(s_ways.Keys.Where(static way => way != "plain h2c"));

    /// <summary>Arguments of curl, and the version of HTTP that it says it had.</summary>
    private static readonly Dictionary<string, (string Arguments, string Version)> s_ways = new()
    {
        ["plain http/1.1"] = ("--http1.1", "1.1"),
        ["plain h2c"] = ("--http2-prior-knowledge", "2"),
        ["plain upgrade"] = ("--http2", "2"),
        ["tls1.2 http/1.1"] = ("--http1.1 --tlsv1.2 --tls-max 1.2", "1.1"),
        ["tls1.2 h2"] = ("--http2 --tlsv1.2 --tls-max 1.2", "2"),
        ["tls1.3 http/1.1"] = ("--http1.1 --tlsv1.3", "1.1"),
        ["tls1.3 h2"] = ("--http2 --tlsv1.3", "2"),
        ["mutual http/1.1"] = ("--http1.1", "1.1"),
        ["mutual h2"] = ("--http2", "2"),
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Pages(string way, string origin)
    {
        Assert.Equal(
            $"{Hello}200|{s_ways[way].Version}",
            await Curl(way, "-w %{http_code}|%{http_version}", $"{origin}/page")
        );
        Assert.Equal("404", await Curl(way, $"-o {File("none")} -w %{{http_code}}", $"{origin}/nothing"));
        var head = await Curl(way, "-I -w %{size_download}", $"{origin}/page");
        Assert.Contains("content-length: 13\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n\r\n0", head, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RowsOfBodies))]
    public async Task Big_downloads(string way, string origin)
    {
        await Curl(way, $"-o {File("big")}", $"{origin}/big");
        AssertIsBig("big");
        // Slower than it could come: windows and buffers fill, and nothing is lost.
        await Curl(way, $"-o {File("slow")} --limit-rate 40M", $"{origin}/big");
        AssertIsBig("slow");
    }

    [Theory]
    [MemberData(nameof(RowsOfMany))]
    public async Task Requests_on_one_connection(string way, string origin)
    {
        var counts = await Curl(way, "-w %{num_connects}\\n", $"{origin}/files/[1-5]");
        Assert.Equal("file 1\n1\nfile 2\n0\nfile 3\n0\nfile 4\n0\nfile 5\n0\n", counts);
    }

    /// <summary>Many at a time: connections of HTTP/1.1, streams of HTTP/2.</summary>
    [Theory]
    [MemberData(nameof(RowsOfMany))]
    public async Task Parallel_requests(string way, string origin)
    {
        await Curl(way, $"-Z --parallel-max 40 -o {File("part-#1")}", $"{origin}/files/[1-40]");
        for (var i = 1; i <= 40; i++)
            Assert.Equal($"file {i}\n", await System.IO.File.ReadAllTextAsync(File($"part-{i}"), Stop));
    }

    /// <summary>Of a known length, of an unknown one, and by permission.</summary>
    [Theory]
    [MemberData(nameof(RowsOfBodies))]
    public async Task Uploads(string way, string origin)
    {
        // nghttpd sends it back at once, nginx keeps it.
        var isKept = origin == "/h1";
        foreach (
            var (name, how) in new[]
            {
                ("a", "-H expect:"),
                ("b", "-H expect: -H transfer-encoding:chunked"),
                ("c", "-H expect:100-continue --expect100-timeout 10"),
            }
        )
        {
            if (name == "b" && s_ways[way].Version == "2")
                continue; // no such thing as chunks there
            var path = isKept ? $"{origin}/kept/{way.Replace(' ', '-').Replace('/', '-')}-{name}" : $"{origin}/page";
            var printed = await Curl(way, $"-T {origins.BigFile} {how} -o {File(name)} -w %{{http_code}}", path);
            Assert.Equal(isKept ? "201" : "200", printed);
            if (isKept)
                await Curl(way, $"-o {File(name)}", path);
            AssertIsBig(name);
        }
    }

    /// <summary>The permission is the origin's: curl has it before it sends the body.</summary>
    [Theory]
    [MemberData(nameof(RowsOfBodies))]
    public async Task Expectations(string way, string origin)
    {
        var path = origin == "/h1" ? "/h1/kept/expected" : "/h2/page";
        var told = await Curl(
            way,
            $"-v -T {origins.BigFile} -H expect:100-continue --expect100-timeout 10 -o {File("x")}",
            path
        );
        Assert.Matches("(?s)< HTTP/[12.]+ 100.*We are completely uploaded.*< HTTP/[12.]+ 20[014]", told);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Trailers(string way, string origin)
    {
        var path = origin == "/h1" ? "/h1/trailers" : "/unsized/page";
        var headers = File("headers");
        Assert.Equal(Hello, await Curl(way, $"-D {headers}", path));
        Assert.Matches("\r\n\r\nx-sum: 42\\s*$", await System.IO.File.ReadAllTextAsync(headers, Stop));
    }

    /// <summary>Parts of what nginx has, conditions, and redirects that are followed.</summary>
    [Theory]
    [MemberData(nameof(WaysOfBodies))]
    public async Task Ranges_conditions_and_redirects(string way)
    {
        Assert.Equal("206", await Curl(way, $"-r 100000-299999 -o {File("range")} -w %{{http_code}}", "/h1/big"));
        Assert.Equal(origins.BigContent[100_000..300_000], await System.IO.File.ReadAllBytesAsync(File("range"), Stop));
        Assert.Contains(
            "Content-Range: bytes 7-11/13",
            await Curl(way, "-r 7-11,0-4", "/h1/page"),
            StringComparison.Ordinal
        );
        Assert.Equal("416", await Curl(way, $"-r 99-100 -o {File("none")} -w %{{http_code}}", "/h1/page"));
        Assert.Equal($"{Hello}206", await Curl(way, "-r 0- -w %{http_code}", "/h1/page"));
        // Goes on where a download ended.
        await System.IO.File.WriteAllBytesAsync(File("rest"), origins.BigContent[..1_000_000], Stop);
        await Curl(way, $"-C - -o {File("rest")}", "/h1/big");
        AssertIsBig("rest");
        await Curl(way, $"--etag-save {File("etag")} -o {File("page")}", "/h1/page");
        Assert.Equal("304", await Curl(way, $"--etag-compare {File("etag")} -w %{{http_code}}", "/h1/page"));
        if (way != "plain h2c")
            Assert.Equal($"{Hello}1", await Curl(way, "-L -w %{num_redirects}", "/h1/away"));
    }

    /// <summary>Long header lines, methods of one's own, and what curl says when asked.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Headers_and_methods(string way)
    {
        var line = new string('x', 6_000);
        Assert.Equal($"BREW HTTP/1.1 {line}", await Curl(way, $"-X BREW -H x-mine:{line}", "/h1/seen"));
        Assert.Equal("some=form", await Curl(way, "-d some=form", "/h2/page"));
        Assert.Equal("GET HTTP/1.1 ", await Curl(way, "-H x-mine;", "/h1/seen"));
    }

    public static TheoryData<string> Ways => [.. s_ways.Keys];

    /// <inheritdoc cref="RowsOfMany"/>
    public static TheoryData<string> WaysOfMany => [.. s_ways.Keys.Where(static way => way != "plain h2c")];

    /// <summary>HTTP/1.0 is asked to upgrade, as accept_http_10 is off.</summary>
    [Fact]
    public async Task Old_versions()
    {
        var (_, output) = await origins.Proxy.Curl(
            origins.Plain,
            $"--http1.0 -o {File("old")} -w %{{http_code}}|%{{http_version}}",
            "/h1/page",
            "http"
        );
        Assert.Equal("426|1.1", output);
    }

    /// <summary>Bodies that nginx compresses come as they are, and curl opens them.</summary>
    [Theory]
    [MemberData(nameof(WaysOfBodies))]
    public async Task Compressed_bodies(string way)
    {
        var zipped = await Curl(way, $"--compressed -D {File("headers")} -o {File("big")}", "/h1/zipped/big");
        Assert.Contains("content-encoding: gzip", await Text("headers"), StringComparison.OrdinalIgnoreCase);
        AssertIsBig("big");
        await Curl(way, $"-H accept-encoding:gzip -o {File("raw")}", "/h1/zipped/big");
        await using var file = System.IO.File.OpenRead(File("raw"));
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var content = new MemoryStream();
        await unzipped.CopyToAsync(content, Stop);
        Assert.True(
            content.GetBuffer().AsSpan(0, (int)content.Length).SequenceEqual(origins.BigContent),
            "other bytes"
        );
        Assert.Equal("", zipped);
    }

    /// <summary>What an origin says stays as it is, with and without a body, and the connection can be used again.</summary>
    [Theory]
    [MemberData(nameof(WaysOfMany))]
    public async Task Statuses_pass(string way)
    {
        var expected = Origins.Statuses.Select(static status => $"{status}\n");
        var uris = $"/h1/status/{{{string.Join(',', Origins.Statuses)}}}";
        Assert.Equal(string.Concat(expected), await Curl(way, $"-o {File("#1")} -w %{{http_code}}\\n", uris));
        Assert.Equal("the body of 503", await Text("503"));
        Assert.Equal(string.Concat(expected), await Curl(way, $"-I -o {File("#1")} -w %{{http_code}}\\n", uris));
    }

    /// <summary>An origin that closes without an answer is told of by a 503.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Origins_without_an_answer(string way) =>
        Assert.Equal(
            "upstream connect error or disconnect/reset before headers. reset reason: connection termination503",
            await Curl(way, "-w %{http_code}", "/h1/cut")
        );

    private static TheoryData<string, string> Cross(IEnumerable<string> ways)
    {
        var rows = new TheoryData<string, string>();
        foreach (var way in ways)
        {
            rows.Add(way, "/h1");
            rows.Add(way, "/h2");
        }
        return rows;
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string File(string name) => Path.Combine(_directory, name);

    private Task<string> Text(string name) => System.IO.File.ReadAllTextAsync(File(name), Stop);

    private void AssertIsBig(string name) =>
        Assert.True(System.IO.File.ReadAllBytes(File(name)).AsSpan().SequenceEqual(origins.BigContent), "other bytes");

    /// <summary>Runs curl, which must succeed; what it printed.</summary>
    private async Task<string> Curl(string way, string arguments, string path)
    {
        var (at, more) = Listener(way);
        var scheme = way.StartsWith("plain", StringComparison.Ordinal) ? "http" : "https";
        var (code, output) = await origins.Proxy.Curl(at, $"{s_ways[way].Arguments} {more} {arguments}", path, scheme);
        Assert.True(code == 0, $"curl {arguments} {path} ended with {code}: {output}");
        return output;
    }

    private (IPEndPoint At, string More) Listener(string way) =>
        way.Split(' ')[0] switch
        {
            "plain" => (origins.Plain, ""),
            "mutual" => (origins.Mutual, origins.ClientCertificate),
            _ => (origins.Tls, ""),
        };
}
