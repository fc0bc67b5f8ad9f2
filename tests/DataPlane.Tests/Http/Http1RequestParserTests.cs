// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CsCheck;
using DataPlane.Tests.Net;
using Lateen.Http;
using Lateen.Http.Http1;

namespace DataPlane.Tests.Http;

public sealed class Http1RequestParserTests
{
    private static readonly string[] s_pieces =
    [
        "GET",
        "POST",
        " ",
        "/",
        "HTTP/1.1",
        "\r\n",
        "\n",
        "Host: a",
        ":",
        "Content-Length: 3",
        "chunked",
        "\0",
        "é",
        "x",
        "GET / HTTP/1.1\r\nHost: a\r\n",
    ];

    public static TheoryData<string, string, string, string> Targets =>
        new()
        {
            { "GET /a?b=c", "a", "/a?b=c", "" }, // the transport tells
            { "GET http://other:81/x", "other:81", "/x", "http" }, // RFC 9112 §3.2.2: the target's authority wins
            { "GET https://other/x", "other", "/x", "https" },
            { "GET http://other", "other", "/", "http" },
            { "GET http://other?q", "other", "/?q", "http" },
            { "GET /a#f", "a", "/a#f", "" }, // refused by the connection manager
            { "OPTIONS *", "a", "*", "" },
            { "OPTIONS http://other", "other", "*", "http" },
            { "CONNECT other:443", "other:443", "", "" },
        };

    [Theory, MemberData(nameof(Targets))]
    public void A_target_gives_authority_path_and_scheme(string line, string authority, string path, string scheme)
    {
        var head = Accept($"{line} HTTP/1.1\r\nHost: a\r\n\r\n", out _);
        Assert.Equal(authority, Encoding.ASCII.GetString(head.Authority));
        Assert.Equal(path, Encoding.ASCII.GetString(head.Path));
        Assert.Equal(scheme, Encoding.ASCII.GetString(head.Scheme));
    }

    /// <summary>Each row is a message that two servers could understand differently; every one is refused.</summary>
    public static TheoryData<string, Http1Fault> Smuggling
    {
        get
        {
            var rows = new TheoryData<string, Http1Fault>();
            void Head(string lines, Http1Fault fault) =>
                rows.Add($"POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n", fault);
            // RFC 9112 §6.1, §6.3: length
            Head("Content-Length: 1\r\nTransfer-Encoding: chunked", Http1Fault.ContentLengthWithTransferEncoding);
            Head("Transfer-Encoding: chunked\r\nContent-Length: 1", Http1Fault.ContentLengthWithTransferEncoding);
            Head("CONTENT-LENGTH: 0\r\ntransfer-ENCODING: Chunked", Http1Fault.ContentLengthWithTransferEncoding);
            Head("Content-Length: 1\r\nContent-Length: 1", Http1Fault.InvalidContentLength);
            Head("Content-Length: 1\r\nContent-Length: 2", Http1Fault.InvalidContentLength);
            foreach (
                var length in (string[])
                    ["", "+1", "-1", "1,1", "1 1", "0x1", "1.0", "1e1", "ten", "9999999999999999999", "1;", "\"1\""]
            )
                Head($"Content-Length: {length}", Http1Fault.InvalidContentLength);
            foreach (
                var coding in (string[])
                    [
                        "gzip",
                        "gzip, chunked",
                        "chunked, gzip",
                        "chunked, chunked",
                        "identity",
                        "chunked;x=1",
                        "xchunked",
                        "chunkedx",
                        "\"chunked\"",
                        "chunked ,",
                        "",
                    ]
            )
                Head($"Transfer-Encoding: {coding}", Http1Fault.UnsupportedTransferEncoding);
            Head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Http1Fault.UnsupportedTransferEncoding);
            Head("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", Http1Fault.UnsupportedTransferEncoding);
            // RFC 9112 §5: names and values
            Head("Transfer-Encoding : chunked", Http1Fault.InvalidHeaderName);
            Head("Transfer-Encoding\t: chunked", Http1Fault.InvalidHeaderName);
            Head("Content-Length : 1", Http1Fault.InvalidHeaderName);
            Head(": empty", Http1Fault.InvalidHeaderName);
            Head("no colon", Http1Fault.InvalidHeaderName);
            Head("na me: x", Http1Fault.InvalidHeaderName);
            Head("na\u0000me: x", Http1Fault.InvalidHeaderName);
            Head("näme: x", Http1Fault.InvalidHeaderName);
            Head("na(me: x", Http1Fault.InvalidHeaderName);
            Head("X: a\u0000b", Http1Fault.InvalidHeaderValue);
            Head("X: a\rb", Http1Fault.InvalidHeaderValue);
            Head("X: a\u0001b", Http1Fault.InvalidHeaderValue);
            Head("X: a\u007fb", Http1Fault.InvalidHeaderValue);
            Head("X: a\r\n b", Http1Fault.ObsoleteLineFolding);
            Head("X: a\r\n\tb", Http1Fault.ObsoleteLineFolding);
            Head(" X: a", Http1Fault.ObsoleteLineFolding);
            Head("Transfer-Encoding:\r\n chunked", Http1Fault.UnsupportedTransferEncoding);
            // RFC 9112 §2.2: line ends
            rows.Add("GET / HTTP/1.1\nHost: a\n\n", Http1Fault.BareLineBreak);
            rows.Add("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", Http1Fault.BareLineBreak);
            rows.Add("GET / HTTP/1.1\r\nHost: a\r\n\n", Http1Fault.BareLineBreak);
            rows.Add("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.BareLineBreak);
            // RFC 9112 §3: request line
            rows.Add("GET /\r\nHost: a\r\n\r\n", Http1Fault.InvalidStartLine);
            rows.Add("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", Http1Fault.InvalidStartLine);
            rows.Add("GET / http/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidStartLine);
            rows.Add("GET / HTTP/1.10\r\nHost: a\r\n\r\n", Http1Fault.InvalidStartLine);
            rows.Add("GET / HTTP/2.0\r\nHost: a\r\n\r\n", Http1Fault.UnsupportedVersion);
            rows.Add("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Http1Fault.UnsupportedVersion);
            rows.Add("GET / HTTP/1.2\r\nHost: a\r\n\r\n", Http1Fault.UnsupportedVersion);
            rows.Add("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidMethod);
            rows.Add(" GET / HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidStartLine);
            rows.Add("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            rows.Add("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            rows.Add("GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            rows.Add("GET a HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            rows.Add("GET * HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            rows.Add("GET ftp://x/ HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            rows.Add("GET http://u@x/ HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            rows.Add("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            rows.Add("CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            rows.Add("CONNECT x HTTP/1.1\r\nHost: a\r\n\r\n", Http1Fault.InvalidTarget);
            // RFC 9112 §3.2: Host
            rows.Add("GET / HTTP/1.1\r\n\r\n", Http1Fault.MissingHost);
            rows.Add("GET / HTTP/1.1\r\nHost:\r\n\r\n", Http1Fault.MissingHost);
            rows.Add("GET http://x/ HTTP/1.1\r\n\r\n", Http1Fault.MissingHost);
            rows.Add("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Http1Fault.RepeatedHost);
            rows.Add("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", Http1Fault.RepeatedHost);
            rows.Add("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Http1Fault.InvalidHost);
            rows.Add("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", Http1Fault.InvalidHost);
            rows.Add("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", Http1Fault.InvalidHost);
            // RFC 9112 §6.1
            rows.Add("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Http1Fault.TransferEncodingInHttp10);
            return rows;
        }
    }

    [Theory, MemberData(nameof(Smuggling))]
    public void An_ambiguous_request_is_refused(string request, Http1Fault expected)
    {
        Assert.Equal(ParseStatus.Fault, Parse(Encoding.Latin1.GetBytes(request), out _, out _, out _, out var fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void Hop_by_hop_and_nominated_lines_are_dropped()
    {
        var head = Accept(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Mine\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nTE: gzip\r\nUpgrade: h2c\r\nx-mine: 1\r\nx-yours: 2\r\n\r\n",
            out var info
        );
        Assert.False(info.KeepAlive);
        Assert.Equal(["x-yours"], Names(head.Headers));
    }

    [Theory]
    [InlineData("HTTP/1.1\r\nHost: a", true)]
    [InlineData("HTTP/1.1\r\nHost: a\r\nConnection: close", false)]
    [InlineData("HTTP/1.0", false)]
    [InlineData("HTTP/1.0\r\nConnection: Keep-Alive", true)]
    public void Persistence_follows_version_and_connection_options(string rest, bool keepAlive)
    {
        Accept($"GET / {rest}\r\n\r\n", out var info);
        Assert.Equal(keepAlive, info.KeepAlive);
    }

    [Fact]
    public void Limits_count_bytes_and_lines()
    {
        var lines = string.Concat(Enumerable.Range(0, 100).Select(i => $"x{i}: y\r\n"));
        Parse(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n"), out _, out _, out _, out var fault);
        Assert.Equal(Http1Fault.TooManyHeaders, fault);
        var endless = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nX: " + new string('x', 60 * 1024));
        Parse(endless, out _, out _, out _, out fault);
        Assert.Equal(Http1Fault.HeadTooLarge, fault);
    }

    [Fact]
    public void One_empty_line_before_a_request_is_ignored() => Accept("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", out _);

    [Fact]
    public void A_head_that_comes_byte_by_byte_gives_the_same_result()
    {
        var bytes = "POST /x?y HTTP/1.1\r\nHost: a\r\nX: 1\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray();
        var head = new RequestHead();
        var scanned = 0;
        for (var length = 1; length <= bytes.Length - 5; length++)
        {
            var status = Http1RequestParser.Parse(
                bytes.AsSpan(0, length),
                Http1Limits.Default,
                ref scanned,
                head,
                out var info,
                out var consumed,
                out _
            );
            Assert.Equal(length == bytes.Length - 5 ? ParseStatus.Complete : ParseStatus.NeedMore, status);
            if (status != ParseStatus.Complete)
                continue;
            Assert.Equal(bytes.Length - 5, consumed);
            Assert.Equal(5, info.ContentLength);
        }
    }

    [Fact]
    public void Garbage_never_throws_and_what_is_accepted_survives_a_round_trip() =>
        Gen.Int[0, s_pieces.Length - 1]
            .Select(i => s_pieces[i])
            .Array[0, 14]
            .Sample(
                pieces =>
                {
                    var bytes = Encoding.Latin1.GetBytes(string.Concat(pieces));
                    if (Parse(bytes, out var head, out var info, out _, out _) != ParseStatus.Complete)
                        return;
                    var buffer = new byte[4096];
                    var length = Http1Writer.WriteRequestHead(head, info.Framing, info.ContentLength, buffer);
                    var again = Parse(buffer[..length], out var second, out _, out _, out _);
                    Assert.Equal(ParseStatus.Complete, again);
                    Assert.Equal(Names(head.Headers), Names(second.Headers));
                    Assert.True(head.Authority.SequenceEqual(second.Authority));
                },
                iter: 20_000
            );

    [Fact]
    public void Parsing_and_writing_allocate_nothing()
    {
        var bytes =
            "GET /api/x HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: test\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nAccept-Language: en\r\nCookie: a=b\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"u8.ToArray();
        var head = new RequestHead();
        var buffer = new byte[4096];
        Once();
        var allocated = Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
                Once();
        });
        Assert.Equal(0, allocated);

        void Once()
        {
            var scanned = 0;
            Http1RequestParser.Parse(bytes, Http1Limits.Default, ref scanned, head, out var info, out _, out _);
            Http1Writer.WriteRequestHead(head, info.Framing, info.ContentLength, buffer);
        }
    }

    private static RequestHead Accept(string request, out Http1RequestInfo info)
    {
        var status = Parse(Encoding.Latin1.GetBytes(request), out var head, out info, out var consumed, out var fault);
        Assert.Equal(Http1Fault.None, fault);
        Assert.Equal(ParseStatus.Complete, status);
        Assert.Equal(request.Length, consumed);
        return head;
    }

    private static ParseStatus Parse(
        byte[] bytes,
        out RequestHead head,
        out Http1RequestInfo info,
        out int consumed,
        out Http1Fault fault
    )
    {
        head = new RequestHead();
        var scanned = 0;
        return Http1RequestParser.Parse(
            bytes,
            Http1Limits.Default,
            ref scanned,
            head,
            out info,
            out consumed,
            out fault
        );
    }

    internal static string[] Names(HeaderMap headers) =>
        Enumerable
            .Range(0, headers.Count)
            .Where(i => !headers[i].IsRemoved)
            .Select(i => Encoding.ASCII.GetString(headers.Name(i)))
            .ToArray();
}
