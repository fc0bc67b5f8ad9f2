// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Smuggling;

/// <summary>Clients that leave in each state of a request, by their end or by a reset: nothing of it is ever a whole request.</summary>
public sealed class PrematureEndTests
{
    private const string Head = "POST / HTTP/1.1\r\nHost: a\r\n";

    /// <summary>What was sent before the end, and what the upstream may see of it.</summary>
    public static TheoryData<string, bool> States =>
        new()
        {
            { "PO", false },
            { "POST / HT", false },
            { "POST / HTTP/1.1\r", false },
            { "POST / HTTP/1.1\r\n", false },
            { "POST / HTTP/1.1\r\nHo", false },
            { Head, false },
            { Head + "Content-Length: 5", false },
            { Head + "Content-Length: 5\r\n", false },
            { Head + "Content-Length: 5\r\n\r", false },
            { Head + "Content-Length: 5\r\n\r\n", true },
            { Head + "Content-Length: 5\r\n\r\nhell", true },
            { Head + "Transfer-Encoding: chunked\r\n\r\n", true },
            { Head + "Transfer-Encoding: chunked\r\n\r\n5", true },
            { Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhe", true },
            { Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello", true },
            { Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true },
            { Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0", true },
            { Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", true },
            { Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\n", true },
            { Head + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", true },
        };

    [Theory, MemberData(nameof(States))]
    public void A_client_of_HTTP1_that_ends_has_asked_for_nothing(string sent, bool mayBegin)
    {
        using var fixture = new SmugglingFixture();
        using (var client = Upgrades.Chain.Connect(fixture.At))
        {
            ScriptedServer.Send(client, sent);
            client.Shutdown(SocketShutdown.Send);
            Read(client);
        }
        Expect(fixture, mayBegin);
    }

    [Theory, MemberData(nameof(States))]
    public void A_client_of_HTTP1_that_resets_has_asked_for_nothing(string sent, bool mayBegin)
    {
        using var fixture = new SmugglingFixture();
        using (var client = Upgrades.Chain.Connect(fixture.At))
        {
            ScriptedServer.Send(client, sent);
            fixture.WaitForRequests(1);
            client.LingerState = new LingerOption(true, 0);
        }
        Expect(fixture, mayBegin);
    }

    /// <summary>Frames of a request that is not whole, and whether the upstream may see its beginning.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("preface", false)]
    [InlineData("half a frame", false)]
    [InlineData("headers", true)]
    [InlineData("data", true)]
    [InlineData("half of data", true)]
    public void A_client_of_HTTP2_that_ends_has_asked_for_nothing(string sent, bool mayBegin)
    {
        byte[] head = Frames.Headers(
            1,
            Frames.EndHeaders,
            Frames.Block(":method: POST", ":scheme: http", ":path: /", ":authority: a")
        );
        byte[] data = Frames.Data(1, 0, "hello"u8.ToArray());
        byte[] bytes = sent switch
        {
            "" => Frames.Preface[..10],
            "preface" => Frames.Join(Frames.Preface, Frames.EmptySettings),
            "half a frame" => Frames.Join(Frames.Preface, Frames.EmptySettings, head[..^3]),
            "headers" => Frames.Join(Frames.Preface, Frames.EmptySettings, head),
            "data" => Frames.Join(Frames.Preface, Frames.EmptySettings, head, data),
            _ => Frames.Join(Frames.Preface, Frames.EmptySettings, head, data[..^2]),
        };
        using var fixture = new SmugglingFixture();
        using (var client = Upgrades.Chain.Connect(fixture.At))
        {
            client.Send(bytes);
            client.Shutdown(SocketShutdown.Send);
            Read(client);
        }
        Expect(fixture, mayBegin);
    }

    private static void Expect(SmugglingFixture fixture, bool mayBegin)
    {
        var (seen, logged) = fixture.Conclude();
        Assert.True(seen.Length == 0 || (mayBegin && seen == "INCOMPLETE POST /"), seen);
        Assert.True(logged.Length == 0 || logged == "0 downstream_remote_disconnect DC", logged);
        if (mayBegin)
            Assert.NotEqual("", logged);
    }

    private static void Read(Socket client)
    {
        try
        {
            ProxyFixture.ReadToEnd(client);
        }
        catch (SocketException)
        {
            // The proxy may reset what it cannot answer.
        }
    }
}
