// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Smuggling;

/// <summary>
/// Requests over HTTP/2 that would be something else, or several, once they are written in HTTP/1 (RFC 9113 §10.3), sent to a
/// serving proxy whose upstream speaks HTTP/1.
/// </summary>
public sealed class Http2RequestTests
{
    private const string Rule = "0 http2.violation.of.messaging.rule DPE";
    private const string Field = "0 http2.invalid.header.field DPE";
    private const string Fine = "200 via_upstream";

    private static readonly string[] s_post = [":method=POST", ":scheme=http", ":path=/", ":authority=a"];

    /// <summary>Fields of the head, those of the trailers, the body between, what the upstream sees, and what is logged.</summary>
    public static TheoryData<string[], string?, string[]?, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string[], string?, string[]?, string, string>();
            void Get(string seen, string logged, params string[] fields) => rows.Add(fields, null, null, seen, logged);
            void With(string logged, params string[] fields) =>
                rows.Add(
                    [":method=GET", ":scheme=http", ":path=/", ":authority=a", .. fields],
                    null,
                    null,
                    logged == Fine ? "GET /" : "",
                    logged
                );
            void Body(string body, string seen, string logged, params string[] fields) =>
                rows.Add([.. s_post, .. fields], body, null, seen, logged);
            void Trailers(string seen, string logged, params string[] trailers) =>
                rows.Add(s_post, "hello", trailers, seen, logged);

            // Line breaks in values and names (§8.2.1)
            With(Field, "x=a\r\nTransfer-Encoding: chunked");
            With(Field, "x=a\rb");
            With(Field, "x=a\nb");
            With(Field, "x=a\0b");
            With(Field, "x=a\u0001");
            With(Field, "x=\u007f");
            With(Field, "x= a");
            With(Field, "x=a ");
            With(Field, "x=\ta");
            With(Fine, "x=a\tb");
            With(Fine, "x=\u00e9");
            With(Field, "x\r\ny=a");
            With(Field, "x: y=a");
            With(Field, "x y=a");
            With(Field, "X=a");
            With(Field, "=a");
            With(Field, "x\0=a");
            With(Field, "x\u00e9=a");
            With(Field, "(x)=a");
            // Fields that are for one connection of HTTP/1 (§8.2.2)
            With(Rule, "connection=close");
            With(Rule, "keep-alive=5");
            With(Rule, "proxy-connection=close");
            With(Rule, "transfer-encoding=chunked");
            With(Rule, "transfer-encoding=identity");
            With(Rule, "upgrade=websocket");
            With(Rule, "te=gzip");
            With(Rule, "te=trailers, gzip");
            With(Rule, "te=");
            With(Fine, "te=trailers");
            // Pseudo-headers: all of them, once, in front, and what a start line can hold (§8.3.1)
            Get("", Rule, ":scheme=http", ":path=/", ":authority=a");
            Get("", Rule, ":method=GET", ":path=/", ":authority=a");
            Get("", Rule, ":method=GET", ":scheme=http", ":authority=a");
            Get("", Rule, ":method=GET", ":method=GET", ":scheme=http", ":path=/", ":authority=a");
            Get("", Rule, ":method=GET", ":scheme=http", ":path=/", ":path=/", ":authority=a");
            Get("", Rule, ":method=GET", ":scheme=http", ":scheme=http", ":path=/", ":authority=a");
            Get("", Rule, ":method=GET", ":scheme=http", ":path=/", ":authority=a", ":authority=b");
            Get("", Rule, ":method=GET", ":scheme=http", "x=y", ":path=/", ":authority=a");
            Get("", Rule, ":method=GET", ":scheme=http", ":path=/", "x=y", ":authority=a");
            Get("", Rule, ":method=GET", ":scheme=http", ":path=/", ":authority=a", ":status=200");
            Get("", Rule, ":method=GET", ":scheme=http", ":path=/", ":authority=a", ":other=x");
            Get("", Rule, ":method=GET", ":scheme=http", ":path=/", ":authority=a", ":protocol=websocket");
            foreach (var method in (string[])["GET / HTTP/1.1\r\nX: y", "GET /smuggled", "G(T", ""])
                Get(
                    "",
                    method.Contains('\r') ? Field : Rule,
                    $":method={method}",
                    ":scheme=http",
                    ":path=/",
                    ":authority=a"
                );
            foreach (
                var path in (string[])["", "x", "/a b", "/ HTTP/1.1\r\nHost: b", "/\u0001", "/\u00e9", "*", "http://a/"]
            )
                Get(
                    "",
                    path.Any(char.IsControl) ? Field : Rule,
                    ":method=GET",
                    ":scheme=http",
                    $":path={path}",
                    ":authority=a"
                );
            Get("", "400 path_normalization_failed", ":method=GET", ":scheme=http", ":path=/#x", ":authority=a");
            Get("", "404 absolute_path_rejected", ":method=OPTIONS", ":scheme=http", ":path=*", ":authority=a");
            foreach (var authority in (string[])["a/b", "u@a", "a b", "a\r\nX: y", "a#b", "a, b"])
                Get(
                    "",
                    authority.Contains('\r') ? Field : Rule,
                    ":method=GET",
                    ":scheme=http",
                    ":path=/",
                    $":authority={authority}"
                );
            foreach (var scheme in (string[])["", "http://a/x", "ftp", "http\r\nX: y"])
                Get(
                    "",
                    scheme.Contains('\r') ? Field : Rule,
                    ":method=GET",
                    $":scheme={scheme}",
                    ":path=/",
                    ":authority=a"
                );
            // One host (§8.3.1)
            Get("", "400 missing_host_header", ":method=GET", ":scheme=http", ":path=/");
            Get("GET /", Fine, ":method=GET", ":scheme=http", ":path=/", "host=a");
            With(Fine, "host=a");
            With(Rule, "host=b");
            With(Rule, "host=a", "host=a");
            With(Rule, "host=");
            With(Rule, "host=a/b");
            // CONNECT (§8.5)
            Get("", "404 route_not_found NR", ":method=CONNECT", ":authority=a:1");
            Get("", Rule, ":method=CONNECT", ":authority=a:1", ":path=/");
            Get("", Rule, ":method=CONNECT", ":authority=a:1", ":scheme=http");
            Get("", Rule, ":method=CONNECT");
            // Lengths (§8.1.1): what a body has beyond or short of its length ends the stream
            Body("hello", "POST / hello", Fine);
            Body("hello", "POST / hello", Fine, "content-length=5");
            Body("", "POST /", Fine, "content-length=0");
            foreach (var length in (string[])["+5", "-5", "0x5", "5, 5", "5.0", "", "99999999999999999999", "five"])
                Body("hello", "", Rule, $"content-length={length}");
            Body("hello", "", Rule, "content-length=5", "content-length=5");
            Body("hello", "", Rule, "content-length=5", "content-length=6");
            Get("", Rule, [.. s_post, "content-length=5"]);
            // Trailers (§8.1): no pseudo-headers, and nothing that frames or routes
            Trailers("POST / hello x-sum: 1", Fine, "x-sum=1");
            Trailers(
                "POST / hello x: 1",
                Fine,
                "content-length=9",
                "host=b",
                "x=1",
                "authorization=me",
                "transfer-encoding=chunked"
            );
            return rows;
        }
    }

    /// <summary>Bodies that are not as long as announced, and trailers that are none: the upstream may have begun to see the request.</summary>
    public static TheoryData<string, string[], string[]?> Broken =>
        new()
        {
            { "hell", ["content-length=5"], null },
            { "hello!", ["content-length=5"], null },
            { "hello", ["content-length=0"], null },
            { "hello", [], [":path=/smuggled"] },
            { "hello", [], [":status=200"] },
            { "hello", [], ["x=a\r\nGET /smuggled HTTP/1.1"] },
            { "hello", [], ["X=a"] },
            { "hell", ["content-length=5"], ["x=1"] },
        };

    [Theory, MemberData(nameof(Rows))]
    public void A_request_is_one_in_HTTP1_too_or_refused(
        string[] head,
        string? body,
        string[]? trailers,
        string seen,
        string logged
    )
    {
        using var fixture = new SmugglingFixture();
        using (var client = new RawHttp2Client(fixture.At))
        {
            Send(client, head, body, trailers);
            var answer = client.Read(1);
            if (logged[0] == '0')
                Assert.Equal("GOAWAY 1 ProtocolError", client.ReadToEnd());
            else
                Assert.Equal(logged[..3], answer.Status);
        }
        var errors = fixture.Stat("http.test.downstream_cx_protocol_error");
        Assert.Equal((seen, logged), fixture.Conclude());
        Assert.Equal(logged[0] == '0' ? 1 : 0, errors);
    }

    /// <summary>With <c>override_stream_error_on_invalid_http_message</c> the stream alone pays.</summary>
    [Theory, MemberData(nameof(Rows))]
    public void A_refused_request_may_leave_others_alone(
        string[] head,
        string? body,
        string[]? trailers,
        string seen,
        string logged
    )
    {
        using var fixture = new SmugglingFixture(
            "\"http2ProtocolOptions\":{\"overrideStreamErrorOnInvalidHttpMessage\":true},"
        );
        using (var client = new RawHttp2Client(fixture.At))
        {
            Send(client, head, body, trailers);
            var answer = client.Read(1);
            Assert.Equal(logged[0] == '0' ? "ProtocolError" : null, answer.Reset);
            client.Send(Frames.Headers(3, Frames.EndStream | Frames.EndHeaders, Block([.. s_post, "x=last"])));
            Assert.Equal("200", client.Read(3).Status);
        }
        Assert.Equal((seen.Length > 0 ? $"{seen}; POST /" : "POST /", $"{logged}; {Fine}"), fixture.Conclude());
    }

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_body_completes_no_request(string body, string[] fields, string[]? trailers)
    {
        using var fixture = new SmugglingFixture();
        using (var client = new RawHttp2Client(fixture.At))
        {
            Send(client, [.. s_post, .. fields], body, trailers);
            Assert.Equal("GOAWAY 1 ProtocolError", client.ReadToEnd());
        }
        var (seen, logged) = fixture.Conclude();
        // A length of 0 is a whole request before anything beyond it comes.
        Assert.True(seen is "" or "INCOMPLETE POST /" || (seen == "POST /" && fields is ["content-length=0"]), seen);
        Assert.StartsWith("0 ", logged, StringComparison.Ordinal);
    }

    /// <summary>Several cookie fields are one line in HTTP/1 (§8.2.3), and nothing else is joined.</summary>
    [Fact]
    public void Cookies_are_joined_and_other_fields_are_not()
    {
        using var fixture = new SmugglingFixture();
        using (var client = new RawHttp2Client(fixture.At))
        {
            Send(
                client,
                [":method=GET", ":scheme=http", ":path=/", ":authority=a", "cookie=a=b", "x=1", "cookie=c=d", "x=2"],
                null,
                null
            );
            Assert.Equal("200", client.Read(1).Status);
        }
        fixture.Conclude();
        var head = fixture.Upstream.Head("GET /");
        Assert.Contains("\r\ncookie: a=b; c=d\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nx: 1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nx: 2\r\n", head, StringComparison.Ordinal);
    }

    private static void Send(RawHttp2Client client, string[] head, string? body, string[]? trailers)
    {
        try
        {
            var hasBody = body is not null;
            client.Send(
                Frames.Headers(1, (byte)(Frames.EndHeaders | (hasBody ? 0 : Frames.EndStream)), Block(head)),
                hasBody
                    ? Frames.Data(1, trailers is null ? Frames.EndStream : (byte)0, Encoding.Latin1.GetBytes(body!))
                    : [],
                trailers is null ? [] : Frames.Headers(1, Frames.EndStream | Frames.EndHeaders, Block(trailers))
            );
        }
        catch (SocketException)
        {
            // Refused by its first frame.
        }
    }

    private static byte[] Block(string[] fields) =>
        Frames.Block(
            fields.Select(static field =>
            {
                var equals = field.IndexOf('=', StringComparison.Ordinal);
                return (field[..equals], field[(equals + 1)..]);
            })
        );
}
