// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Smuggling;

/// <summary>
/// An upstream that answers before it has the whole request: what is left of the body is that request's, and never the start of
/// the next one.
/// </summary>
public sealed class EarlyAnswerTests : IDisposable
{
    private const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";

    private readonly ProxyFixture _proxy = new();

    public void Dispose() => _proxy.Dispose();

    [Theory]
    [InlineData("Content-Length: 9\r\n\r\nhell", "o you")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n", "5\r\no you\r\n0\r\n\r\n")]
    public void The_rest_of_a_body_is_not_the_next_request(string first, string rest)
    {
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is { } head)
                {
                    if (head.StartsWith("GET", StringComparison.Ordinal))
                    {
                        ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnext");
                        continue;
                    }
                    ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n");
                    ScriptedServer.ReadUntil(socket, "you");
                    if (head.Contains("chunked", StringComparison.Ordinal))
                        ScriptedServer.ReadUntil(socket, "0\r\n\r\n");
                    ScriptedServer.Send(socket, "done");
                }
            }
        );
        _proxy.Clusters(upstream.Port);
        using var client = Upgrades.Chain.Connect(_proxy.Http(ToA));
        // The answer's head shows that the first part is gone before the rest comes.
        var head = Upgrades.Chain.Ask(client, "POST / HTTP/1.1\r\nHost: a\r\n" + first);
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        ScriptedServer.Send(client, rest);
        Assert.Equal("done", ScriptedServer.ReadUntil(client, "done"));
        ScriptedServer.Send(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var next = ProxyFixture.ReadToEnd(client);
        Assert.StartsWith("HTTP/1.1 200 ", next, StringComparison.Ordinal);
        Assert.EndsWith("next", next, StringComparison.Ordinal);
        Assert.Equal(1, upstream.Connections);
    }

    /// <summary>The upstream is done with the request, and the client is not: nobody knows where the next one would start.</summary>
    [Fact]
    public void A_body_that_the_answer_did_not_wait_for_ends_the_connection()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 413 No\r\ncontent-length: 2\r\n\r\nno");
        _proxy.Clusters(upstream.Port);
        using var client = Upgrades.Chain.Connect(_proxy.Http(ToA));
        ScriptedServer.Send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhell");
        var answer = ProxyFixture.ReadToEnd(client);
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("no", answer, StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_rq_total"));
    }
}
