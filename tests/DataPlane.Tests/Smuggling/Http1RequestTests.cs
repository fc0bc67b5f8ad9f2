// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Smuggling;

/// <summary>
/// Requests that two servers could understand differently, sent to a serving proxy: what the upstream sees of them, what the
/// client is told, what is logged and counted, and that a neighbour is served all the same.
/// </summary>
public sealed class Http1RequestTests
{
    private const string Codec = "400 http1.codec_error DPE";
    private const string Characters = "400 http1.invalid_characters DPE";
    private const string Both = "400 http1.content_length_and_chunked_not_allowed DPE";
    private const string Coding = "501 http1.invalid_transfer_encoding DPE";
    private const string Url = "400 http1.invalid_url DPE";
    private const string NoHost = "400 missing_host_header DPE";
    private const string Fine = "200 via_upstream";

    /// <summary>What is sent, what the upstream sees, and what is logged, which is what the client is told.</summary>
    public static TheoryData<string, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            void Head(string lines, string body, string seen, string logged) =>
                rows.Add($"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}\r\n\r\n{body}", seen, logged);
            void Line(string line, string seen, string logged) =>
                rows.Add($"{line}\r\nHost: a\r\nConnection: close\r\n\r\n", seen, logged);
            const string Smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

            // Both lengths (RFC 9112 §6.1)
            Head("Content-Length: 6\r\nTransfer-Encoding: chunked", Smuggled, "", Both);
            Head("Transfer-Encoding: chunked\r\nContent-Length: 6", Smuggled, "", Both);
            Head("content-length:0\r\nTRANSFER-ENCODING:CHUNKED", Smuggled, "", Both);
            Head("Transfer-Encoding:\tchunked\r\nContent-Length:\t 6 ", Smuggled, "", Both);
            // Several lengths, or none that is one (§6.3)
            Head("Content-Length: 5\r\nContent-Length: 5", "hello", "", Codec);
            Head("Content-Length: 5\r\nContent-Length: 0", "hello", "", Codec);
            foreach (
                var length in (string[])
                    ["5, 5", "5,6", "+5", "-1", " 0x5", "5.0", "5 5", "", "1e1", "99999999999999999999"]
            )
                Head($"Content-Length: {length}", "hello", "", Codec);
            // Other codings, and spellings that some take for chunked (§6.1)
            foreach (
                var coding in (string[])
                    [
                        "identity",
                        "gzip",
                        "gzip, chunked",
                        "chunked, chunked",
                        "chunked;q=1",
                        "xchunked",
                        "chunked,",
                        "",
                        "\"chunked\"",
                        "chunked\u0080",
                    ]
            )
                Head($"Transfer-Encoding: {coding}", Smuggled, "", Coding);
            Head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Smuggled, "", Coding);
            Head("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", Smuggled, "", Coding);
            Head("Transfer-Encoding:\r\n chunked", Smuggled, "", Coding);
            Head("Transfer-Encoding:\u000bchunked", Smuggled, "", Characters);
            Head("X-Transfer-Encoding: chunked", "", "POST /", Fine);
            // Names and values (§5)
            Head("Transfer-Encoding : chunked", Smuggled, "", Characters);
            Head("Transfer-Encoding\t: chunked", Smuggled, "", Characters);
            Head("Content-Length : 5", "hello", "", Characters);
            Head("Content-Length\u0000: 5", "hello", "", Characters);
            Head(" Content-Length: 5", "hello", "", Codec);
            Head("X: a\r\n Content-Length: 5", "hello", "", Codec);
            Head("X: a\r\n\tb", "", "", Codec);
            Head("X: a\u0000b", "", "", Characters);
            Head("X: a\rContent-Length: 5", "hello", "", Characters);
            Head("X: a\u0001", "", "", Characters);
            Head("X: a\u007f", "", "", Characters);
            Head("X", "", "", Characters);
            Head(": x", "", "", Characters);
            Head("(x): y", "", "", Characters);
            Head("X: \u00e9", "", "POST /", Fine);
            // Line ends (§2.2)
            rows.Add("GET / HTTP/1.1\nHost: a\nConnection: close\n\n", "", Codec);
            rows.Add("GET / HTTP/1.1\r\nHost: a\nContent-Length: 5\r\n\r\nhello", "", Codec);
            rows.Add("GET / HTTP/1.1\r\nHost: a\r\n\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", "", Codec);
            rows.Add("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", "", Codec);
            rows.Add("\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /", Fine);
            rows.Add("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "", Codec);
            // Chunks (§7.1): what is wrong is here with the head, so that nothing is sent on
            const string Chunked = "Transfer-Encoding: chunked";
            Head(Chunked, "5\r\nhello\r\n0\r\n\r\n", "POST / hello", Fine);
            Head(Chunked, "5;name=value\r\nhello\r\n0;last\r\n\r\n", "POST / hello", Fine);
            Head(Chunked, "5\t ;x\r\nhello\r\n0\r\n\r\n", "POST / hello", Fine);
            Head(Chunked, "00000000000000000005\r\nhello\r\n0\r\n\r\n", "POST / hello", Fine);
            Head(
                Chunked,
                "5\r\nhello\r\n0\r\nx-sum: 1\r\nContent-Length: 9\r\nHost: b\r\n\r\n",
                "POST / hello x-sum: 1",
                Fine
            );
            foreach (
                var size in (string[])
                    [
                        "x",
                        "",
                        "-1",
                        "+5",
                        "0x5",
                        " 5",
                        "5 ",
                        "5 5",
                        "5,",
                        "FFFFFFFFFFFFFFFFF",
                        "10000000000000000",
                        "5;\u0000",
                        "5;a\rb",
                    ]
            )
                Head(Chunked, $"{size}\r\nhello\r\n0\r\n\r\n", "", Codec);
            Head(Chunked, "5\nhello\r\n0\r\n\r\n", "", Codec);
            Head(Chunked, "5;\nhello\r\n0\r\n\r\n", "", Codec);
            Head(Chunked, "5\r\nhello0\r\n\r\n", "", Codec);
            Head(Chunked, "5\r\nhello!\r\n0\r\n\r\n", "", Codec);
            Head(Chunked, "5\r\nhello\n0\r\n\r\n", "", Codec);
            Head(Chunked, $"5;{new string('x', 5000)}\r\nhello\r\n0\r\n\r\n", "", Codec);
            Head(Chunked, "0\r\nx : y\r\n\r\n", "", Characters);
            Head(Chunked, "0\r\nx: y\r\n z\r\n\r\n", "", Codec);
            Head(Chunked, "0\r\nx: \u0000\r\n\r\n", "", Characters);
            Head(Chunked, "0\r\nno colon\r\n\r\n", "", Characters);
            Head(Chunked, "0\r\n\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", "", Codec);
            Head(Chunked, $"0\r\nx: {new string('y', 70_000)}\r\n\r\n", "", "431 http1.headers_too_large DPE");
            // Host (§3.2)
            rows.Add("GET / HTTP/1.1\r\n\r\n", "", NoHost);
            rows.Add("GET / HTTP/1.1\r\nHost:\r\n\r\n", "", NoHost);
            rows.Add("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "", Codec);
            rows.Add("GET / HTTP/1.1\r\nHost: a\r\nHOST: a\r\n\r\n", "", Codec);
            foreach (var host in (string[])["a b", "a/b", "u@a", "a\u0000", "a#b", "a?b", "a, b", "<a>"])
                rows.Add($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n", "", host.Contains('\0') ? Characters : Codec);
            rows.Add("GET http://a/ HTTP/1.1\r\n\r\n", "", NoHost);
            // Request lines (§3)
            Line("GET / HTTP/2.0", "", Codec);
            Line("GET / HTTP/1.2", "", Codec);
            Line("GET / HTTP/3", "", Codec);
            Line("GET / HTTP/1.1.1", "", Codec);
            Line("GET / http/1.1", "", Codec);
            Line("GET / HTTP/ 1.1", "", Codec);
            Line("GET /  HTTP/1.1", "", Url);
            Line("GET  / HTTP/1.1", "", Url);
            Line(" GET / HTTP/1.1", "", Codec);
            Line("GET / HTTP/1.1 ", "", Codec);
            Line("GET\t/\tHTTP/1.1", "", Codec);
            Line("GET / HTTP/1.1\r\nX: y HTTP/1.1", "GET /", Fine);
            Line("G(T / HTTP/1.1", "", Codec);
            Line("GET /a b HTTP/1.1", "", Url);
            Line("GET /\u0001 HTTP/1.1", "", Url);
            Line("GET /\u0080 HTTP/1.1", "", Url);
            Line("GET HTTP/1.1", "", Codec);
            Line("GET / ", "", Codec);
            Line("GET /#x HTTP/1.1", "", "400 path_normalization_failed");
            rows.Add("GET /\r\n\r\n", "", Codec); // HTTP/0.9
            // Targets (§3.2): absolute and authority form
            Line("GET http://other/x HTTP/1.1", "GET /x", Fine);
            Line("GET http://other?x HTTP/1.1", "GET /?x", Fine);
            Line("GET HTTP://other HTTP/1.1", "GET /", Fine);
            Line("GET http://u@other/ HTTP/1.1", "", Url);
            Line("GET http:///x HTTP/1.1", "", Url);
            Line("GET http://a:b:c@/ HTTP/1.1", "", Url);
            Line("GET ftp://other/ HTTP/1.1", "", Url);
            Line("GET //other/x HTTP/1.1", "GET //other/x", Fine);
            Line("GET other:80 HTTP/1.1", "", Url);
            Line("GET * HTTP/1.1", "", Url);
            Line("OPTIONS * HTTP/1.1", "", "404 absolute_path_rejected");
            Line("CONNECT other:443 HTTP/1.1", "", "404 route_not_found NR");
            Line("CONNECT /x HTTP/1.1", "", Url);
            Line("CONNECT other HTTP/1.1", "", Url);
            Line("CONNECT other: HTTP/1.1", "", Url);
            Line("CONNECT other:x HTTP/1.1", "", Url);
            Line("CONNECT http://other:443 HTTP/1.1", "", Url);
            // HTTP/1.0 (§6.1)
            rows.Add(
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + Smuggled,
                "",
                "400 http1.transfer_encoding_in_http10 DPE"
            );
            rows.Add("GET / HTTP/1.0\r\n\r\nGET /smuggled HTTP/1.0\r\n\r\n", "", "400 missing_host_header");
            rows.Add("GET / HTTP/1.0\r\nHost: a\r\n\r\nGET /smuggled HTTP/1.0\r\nHost: a\r\n\r\n", "GET /", Fine);
            // Connection options (RFC 9110 §7.6.1): what is nominated is dropped, and what proxies go by must not be
            Head("Connection: Content-Length\r\nContent-Length: 5", "hello", "POST / hello", Fine);
            Head("Connection: transfer-encoding\r\nTransfer-Encoding: chunked", "0\r\n\r\n", "POST /", Fine);
            Head("Connection: host", "", "POST /", Fine);
            foreach (var name in (string[])["x-forwarded-for", "X-Forwarded-Host", "x-forwarded-proto", ":path", ":"])
                Head($"Connection: keep-alive, {name}", "", "", "400 http1.connection_header_rejected DPE");
            Head("Connection: a,b,c,d,e,f,g,h,i,j", "", "", "400 http1.connection_header_rejected DPE");
            // Switches that nobody serves
            Line("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade", "", "403 upgrade_failed");
            Line("GET / HTTP/1.1\r\nUpgrade: websocket", "GET /", Fine);
            Line("GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: upgrade", "GET /", Fine);
            Head("Upgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 5", "hello", "POST / hello", Fine);
            // Limits
            Head("X: " + new string('x', 70_000), "", "", "431 http1.headers_too_large DPE");
            Head(string.Concat(Enumerable.Repeat("X: y\r\n", 101)) + "Z: z", "", "", "431 http1.too_many_headers DPE");
            Line($"GET /{new string('x', 70_000)} HTTP/1.1", "", "431 http1.headers_too_large DPE");
            return rows;
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void A_request_is_understood_in_one_way_or_refused(string request, string seen, string logged)
    {
        using var fixture = new SmugglingFixture();
        var answer = ProxyFixture.Converse(fixture.At, request);
        Assert.True(Statuses(logged) == AnswersIn(answer), $"{AnswersIn(answer)} for {request}");
        var errors = fixture.Stat("http.test.downstream_cx_protocol_error");
        Assert.Equal((seen, logged), fixture.Conclude());
        Assert.Equal(logged.EndsWith("DPE", StringComparison.Ordinal) ? 1 : 0, errors);
    }

    /// <summary>
    /// Pipelines: requests in one go, of which one is poison. Those before it are served, it is refused, and nothing behind it is a
    /// request.
    /// </summary>
    [Theory]
    [InlineData(
        "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        Both
    )]
    [InlineData("GET /b HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", Characters)]
    [InlineData("GET /b HTTP/1.1\r\n\r\n", NoHost)]
    [InlineData("POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", Codec)]
    [InlineData("hello\r\n\r\n", Codec)]
    public void A_pipeline_ends_with_its_poison(string poison, string logged)
    {
        using var fixture = new SmugglingFixture();
        var answer = ProxyFixture.Converse(
            fixture.At,
            $"GET /a HTTP/1.1\r\nHost: a\r\n\r\n{poison}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        Assert.Equal($"200 {logged[..3]}", AnswersIn(answer));
        Assert.Equal(("GET /a", $"{Fine}; {logged}"), fixture.Conclude());
    }

    /// <summary>Bodies whose length says where they end: what is behind is a request of its own, and looks like one to everybody.</summary>
    [Fact]
    public void A_pipeline_of_clean_requests_is_served_in_order()
    {
        using var fixture = new SmugglingFixture();
        var answer = ProxyFixture.Converse(
            fixture.At,
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                + "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 36\r\n\r\nGET /inside HTTP/1.1\r\nHost: inside\r\n\r\n"[
                    ..^2
                ]
                + "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                + "GET /d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /behind HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        Assert.Equal("200 200 200 200", AnswersIn(answer));
        var (seen, logged) = fixture.Conclude();
        Assert.Equal("POST /a; POST /b GET /inside HTTP/1.1\r\nHost: inside\r\n; POST /c abc; GET /d", seen);
        Assert.Equal($"{Fine}; {Fine}; {Fine}; {Fine}", logged);
    }

    [Theory]
    [InlineData("GET http://other/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "other")]
    [InlineData("GET / HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n", "a:80")]
    public void The_upstream_sees_the_host_that_was_routed_by(string request, string host)
    {
        using var fixture = new SmugglingFixture();
        ProxyFixture.Converse(fixture.At, request);
        fixture.Conclude();
        Assert.Contains($"host: {host}\r\n", fixture.Upstream.Head("GET /"), StringComparison.Ordinal);
    }

    /// <summary>The statuses of the answers that stand one behind the other.</summary>
    internal static string AnswersIn(string text)
    {
        var statuses = new List<string>();
        while (text.Length > 0)
        {
            Assert.StartsWith("HTTP/1.1 ", text, StringComparison.Ordinal);
            statuses.Add(text.Substring(9, 3));
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            var length = text[..end].Split("content-length: ") is [_, var rest]
                ? int.Parse(rest.Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture)
                : 0;
            text = text[(end + length)..];
        }
        return string.Join(' ', statuses);
    }

    private static string Statuses(string logged) =>
        string.Join(' ', logged.Split("; ").Select(static line => line[..3]));
}
