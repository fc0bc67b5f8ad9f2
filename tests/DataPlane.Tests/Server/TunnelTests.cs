// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using static DataPlane.Tests.Server.ProxyFixture;

namespace DataPlane.Tests.Server;

/// <summary>Behind an upgrade both ways carry bytes that are not HTTP, until each side ends its own.</summary>
public sealed class TunnelTests : IDisposable
{
    private const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";
    private const string Websocket = "\"upgradeConfigs\":[{\"upgradeType\":\"websocket\"}],";
    private const string Upgrade = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private readonly ProxyFixture _proxy = new();

    public void Dispose() => _proxy.Dispose();

    [Fact]
    public void Bytes_go_both_ways_and_each_side_ends_its_own()
    {
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                var head = server.ReadHead(socket)!;
                Assert.Contains("upgrade: websocket\r\n", head, StringComparison.Ordinal);
                Assert.Contains("connection: upgrade\r\n", head, StringComparison.Ordinal);
                ScriptedServer.Send(
                    socket,
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello"
                );
                // Echo until the client's end, then a last word: the other direction is still open.
                var buffer = new byte[100];
                for (int got; (got = socket.Receive(buffer)) > 0; )
                    socket.Send(buffer, got, SocketFlags.None);
                ScriptedServer.Send(socket, "bye");
            }
        );
        _proxy.Clusters(upstream.Port);
        using var client = Connect(_proxy.Http(ToA, Websocket));
        ScriptedServer.Send(client, Upgrade);
        var head = ScriptedServer.ReadUntil(client, "\r\n\r\n")!;
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", head, StringComparison.Ordinal);
        Assert.Contains("connection: upgrade\r\n", head, StringComparison.Ordinal);
        Assert.Equal("hello", ScriptedServer.ReadUntil(client, "hello"));
        for (var i = 0; i < 20; i++)
        {
            ScriptedServer.Send(client, $"ping {i};");
            Assert.Equal($"ping {i};", ScriptedServer.ReadUntil(client, ";"));
        }
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("bye", ReadToEnd(client));
    }

    [Fact]
    public void An_upstream_that_does_not_switch_gives_an_ordinary_answer()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno");
        _proxy.Clusters(upstream.Port);
        var answer = Converse(_proxy.Http(ToA, Websocket), Upgrade);
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nno", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_upgrade_config_the_request_is_refused()
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var answer = Converse(
            _proxy.Http(ToA),
            Upgrade.Replace("Connection: Upgrade", "Connection: Upgrade, close", StringComparison.Ordinal)
        );
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Equal(0, upstream.Connections);
    }

    private static Socket Connect(IPEndPoint at)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        socket.Connect(at);
        return socket;
    }
}
