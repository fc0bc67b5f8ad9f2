// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Http2;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Smuggling;

/// <summary>
/// Answers of an upstream that are none, or that a client could understand differently: 502 with a reason, and nothing of them is
/// passed on. Once an answer has begun, it ends without its end.
/// </summary>
public sealed class ResponseTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";

    /// <summary>Answers to a GET that are refused.</summary>
    public static TheoryData<string> Malformed
    {
        get
        {
            var rows = new TheoryData<string>
            {
                // Status lines (RFC 9112 §4)
                "hello\r\n\r\n",
                "\0\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.2 200 OK\r\n\r\n",
                "HTTP/1.1\r\n\r\n",
                "HTTP/1.1 \r\n\r\n",
                "HTTP/1.1 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 200OK\r\n\r\n",
                "HTTP/1.1 099 Low\r\n\r\n",
                "HTTP/1.1 -20 OK\r\n\r\n",
                "HTTP/1.1 2x0 OK\r\n\r\n",
                "HTTP/1.1  200 OK\r\n\r\n",
                "HTTP/1.1\t200 OK\r\n\r\n",
                " HTTP/1.1 200 OK\r\n\r\n",
                "http/1.1 200 OK\r\n\r\n",
                "ICY 200 OK\r\n\r\n",
                "HTTP/1.1 200 O\u0001K\r\n\r\n",
                "HTTP/1.1 200 O\rK\r\n\r\n",
                "HTTP/1.1 200 OK\nX: y\n\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                // Only the beginning came
                "H",
                "HTTP/1.1 200",
                Ok,
                Ok + "Content-Length: 5\r\n",
            };
            foreach (
                var lines in (string[])
                    [
                        // Lengths (§6)
                        "Content-Length: 5\r\nTransfer-Encoding: chunked",
                        "Transfer-Encoding: chunked\r\nContent-Length: 5",
                        "Content-Length: 5\r\nContent-Length: 5",
                        "Content-Length: 5\r\nContent-Length: 6",
                        "Content-Length: 5, 5",
                        "Content-Length: +5",
                        "Content-Length: -5",
                        "Content-Length: 0x5",
                        "Content-Length:",
                        "Content-Length: 99999999999999999999",
                        "Transfer-Encoding: gzip",
                        "Transfer-Encoding: gzip, chunked",
                        "Transfer-Encoding: chunked, chunked",
                        "Transfer-Encoding: identity",
                        "Transfer-Encoding:",
                        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                        // Fields (§5)
                        "Set-Cookie : a=b",
                        " Set-Cookie: a=b",
                        "X: a\r\n b",
                        "X: a\0b",
                        "X: a\rSet-Cookie: b",
                        "X: a\nSet-Cookie: b",
                        "X: \u0001",
                        "no colon",
                        ": x",
                        "(x): y",
                        "X: " + new string('x', 70_000),
                        string.Concat(Enumerable.Repeat("X: y\r\n", 101)) + "Z: z",
                    ]
            )
                rows.Add($"{Ok}{lines}\r\n\r\nhello");
            rows.Add("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
            // Behind an interim answer
            rows.Add("HTTP/1.1 100 Continue\r\n\r\nhello\r\n\r\n");
            rows.Add("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + Ok + "X : y\r\n\r\n");
            return rows;
        }
    }

    /// <summary>Bodies that are not what their head says; what of them is one reaches the client.</summary>
    public static TheoryData<string, string, string> Broken =>
        new()
        {
            { Ok + "Content-Length: 9\r\n\r\nhello", "hello", "{connection_termination} UC" },
            { Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello", "hello", "{connection_termination} UC" },
            { Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "hello", "{connection_termination} UC" },
            { Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "hello", "{connection_termination} UC" },
            {
                Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\n",
                "hello",
                "{connection_termination} UC"
            },
            { Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n", "hello", "{protocol_error} UPE" },
            { Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n", "hello", "{protocol_error} UPE" },
            { Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n-1\r\n\r\n", "hello", "{protocol_error} UPE" },
            {
                Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nFFFFFFFFFFFFFFFFFFF\r\n",
                "hello",
                "{protocol_error} UPE"
            },
            {
                Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nbad trailer\r\n\r\n",
                "hello",
                "{protocol_error} UPE"
            },
            { Ok + "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", "", "{protocol_error} UPE" },
        };

    /// <summary>Answers that have no body whatever their head says, with bytes behind them; the status that comes through.</summary>
    public static TheoryData<string, string, string> Bodiless =>
        new()
        {
            { "HEAD", Ok + "Content-Length: 5\r\n\r\nhello", "200" },
            { "HEAD", Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "200" },
            { "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", "204" },
            { "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", "304" },
            { "GET", Ok + "Content-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison", "200" },
        };

    [Theory, MemberData(nameof(Malformed))]
    public void An_answer_that_is_none_is_502(string answer)
    {
        using var fixture = new SmugglingFixture(upstream: new Recorder(answer));
        var told = ProxyFixture.Converse(fixture.At, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        // An interim answer has passed before what follows it was seen.
        told = told[told.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal)..];
        Assert.StartsWith("HTTP/1.1 502 Bad Gateway\r\n", told, StringComparison.Ordinal);
        Assert.EndsWith("reset reason: protocol error", told, StringComparison.Ordinal);
        Assert.DoesNotContain("hello", told, StringComparison.Ordinal);
        Assert.DoesNotContain("set-cookie", told, StringComparison.OrdinalIgnoreCase);
        using (var client = new RawHttp2Client(fixture.At))
        {
            client.Send(Frames.Get(1));
            Assert.Equal("502", client.Read(1).Status);
        }
        Assert.Equal(2, fixture.Stat("cluster.a.upstream_cx_protocol_error"));
        const string Logged = "502 upstream_reset_before_response_started{protocol_error} UPE";
        Assert.Equal(("GET /; GET /", $"{Logged}; {Logged}"), fixture.Conclude());
    }

    /// <summary>Before anything came it is no protocol that was broken.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_answer_at_all_is_503(bool reset)
    {
        using var fixture = new SmugglingFixture(upstream: new Recorder("", reset));
        // A request that may be repeated would be, since the neighbour's connection may just have been stale.
        var told = ProxyFixture.Converse(
            fixture.At,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 503 ", told, StringComparison.Ordinal);
        Assert.Equal(
            ("POST /", "503 upstream_reset_before_response_started{connection_termination} UC"),
            fixture.Conclude()
        );
    }

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_body_ends_without_its_end(string answer, string body, string logged)
    {
        using var fixture = new SmugglingFixture(upstream: new Recorder(answer));
        var told = ReadAll(fixture, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", told, StringComparison.Ordinal);
        if (told.Contains("content-length: ", StringComparison.Ordinal))
            Assert.EndsWith("\r\n\r\n" + body, told, StringComparison.Ordinal);
        else
            Assert.DoesNotContain("\r\n0\r\n", told, StringComparison.Ordinal);
        using (var client = new RawHttp2Client(fixture.At))
        {
            client.Send(Frames.Get(1));
            var second = client.Read(1);
            Assert.Equal(("200", "InternalError"), (second.Status, second.Reset));
            // What was here of it before its end was known to be none may be lost with the reset.
            Assert.StartsWith(second.Body, body, StringComparison.Ordinal);
        }
        var line = "200 upstream_reset_after_response_started" + logged;
        Assert.Equal(("GET /; GET /", $"{line}; {line}"), fixture.Conclude());
    }

    /// <summary>A client of HTTP/1.0 knows a body's end by the connection's, so a broken one is a reset.</summary>
    [Fact]
    public void A_broken_body_is_no_whole_one_for_HTTP10_either()
    {
        using var fixture = new SmugglingFixture(
            upstream: new Recorder(Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n")
        );
        using var client = Upgrades.Chain.Connect(fixture.At);
        ScriptedServer.Send(client, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        Assert.Throws<System.Net.Sockets.SocketException>(() => ProxyFixture.ReadToEnd(client));
    }

    /// <summary>Bytes behind an answer are nobody's: they end the upstream's connection, and are never the next request's answer.</summary>
    [Theory, MemberData(nameof(Bodiless))]
    public void What_is_behind_an_answer_answers_nobody(string method, string answer, string status)
    {
        using var fixture = new SmugglingFixture(upstream: new Recorder(answer));
        using var client = Upgrades.Chain.Connect(fixture.At);
        var head = Upgrades.Chain.Ask(client, $"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        // The next request on this connection gets its own answer.
        var next = Upgrades.Chain.Ask(client, "GET /neighbour HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", next, StringComparison.Ordinal);
        Assert.Equal("ok", ScriptedServer.ReadUntil(client, "ok"));
        Assert.Equal(($"{method} /", $"{status} via_upstream"), fixture.Conclude());
    }

    private static string ReadAll(SmugglingFixture fixture, string request)
    {
        using var client = Upgrades.Chain.Connect(fixture.At);
        ScriptedServer.Send(client, request);
        var text = new System.Text.StringBuilder();
        var buffer = new byte[4096];
        try
        {
            for (int got; (got = client.Receive(buffer)) > 0; )
                text.Append(System.Text.Encoding.Latin1.GetString(buffer, 0, got));
        }
        catch (System.Net.Sockets.SocketException)
        {
            // A reset is how a body that broke off ends.
        }
        return text.ToString();
    }
}
