// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.WebSockets;
using System.Text;
using DataPlane.Tests.Server;
using Lateen.Xds;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.AnyToAny;

/// <summary>WebSocket in every pair of protocols (RFC 6455, RFC 8441): .NET's client in front, Kestrel behind.</summary>
public sealed class WebSocketTests : IDisposable
{
    private readonly ProxyFixture _proxy = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(20));

    public void Dispose()
    {
        _proxy.Dispose();
        _limit.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public async Task Messages_go_both_ways_until_both_sides_close(int down, int up)
    {
        await using var upstream = await EchoUpstream.StartAsync(up == 1 ? HttpProtocols.Http1 : HttpProtocols.Http2);
        var cluster = ProxyFixture.Cluster("a", upstream.Port).TrimStart()[1..];
        var options = up == 1 ? "httpProtocolOptions" : "http2ProtocolOptions";
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    "{\"typedExtensionProtocolOptions\":{\"envoy.extensions.upstreams.http.v3.HttpProtocolOptions\":{"
                        + "\"@type\":\"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions\","
                        + $"\"explicitHttpConfig\":{{\"{options}\":{{}}}}}}}},"
                        + cluster
                )
            )
        );
        var at = _proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""",
            "\"upgradeConfigs\":[{\"upgradeType\":\"websocket\"}],\"http2ProtocolOptions\":{\"allowConnect\":true},"
        );
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = down == 1 ? HttpVersion.Version11 : HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new Uri($"ws://{at}/socket"), invoker, _limit.Token);
        var buffer = new byte[100_000];
        foreach (var length in new[] { 1, 125, 126, 70_000, 0 })
        {
            var text = new string('m', length);
            await socket.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, true, _limit.Token);
            Assert.Equal(text, await ReceiveAsync(socket, buffer));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", _limit.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        Assert.Equal("done", socket.CloseStatusDescription);
    }

    private async Task<string> ReceiveAsync(ClientWebSocket socket, byte[] buffer)
    {
        var got = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(got), _limit.Token);
            got += result.Count;
            if (result.EndOfMessage)
                return Encoding.ASCII.GetString(buffer, 0, got);
        }
    }
}
