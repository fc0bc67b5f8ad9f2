// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>Our client and our server back to back.</summary>
public sealed class Http2PairTests
{
    private readonly Endpoint _client = new(Http2Role.Client);
    private readonly Endpoint _server = new(Http2Role.Server);

    [Fact]
    public void A_request_and_its_response_go_through_with_all_that_they_have()
    {
        _client.Send("POST", "/a?b=c", endOfStream: false, "x-a: 1", "te: trailers", "connection: x", "cookie: a=b");
        _client.Connection.SendData(_client.Streams[1], "hello"u8, endOfStream: false);
        _client.SendTrailers(1, "x-sum: 5");
        Exchange();
        Assert.Equal(
            [
                "settings",
                "request 1 POST http a.test /a?b=c [x-a: 1] [te: trailers] [cookie: a=b]",
                "data 1 hello",
                "trailers 1 [x-sum: 5] END",
            ],
            _server.Events
        );
        _server.Respond(1, 103, endOfStream: false, "link: </a>");
        _server.Respond(1, 200, endOfStream: false, "grpc: x");
        _server.Connection.SendData(_server.Streams[1], "world"u8, endOfStream: false);
        _server.SendTrailers(1, "grpc-status: 0");
        Exchange();
        Assert.Equal(
            [
                "settings",
                "interim 1 103 [link: </a>]",
                "response 1 200 [grpc: x]",
                "data 1 world",
                "trailers 1 [grpc-status: 0] END",
            ],
            _client.Events
        );
        Assert.Equal(0, _client.Connection.ActiveStreams);
        Assert.Equal(0, _server.Connection.ActiveStreams);
        Assert.Equal(0, _server.Counters[Http2Counter.PendingSendBytes]);
    }

    [Fact]
    public void A_head_larger_than_a_frame_is_cut_and_put_together()
    {
        var fields = Enumerable
            .Range(0, 40)
            .Select(i => $"x-{i}: {new string((char)('a' + (i % 26)), 1000)}")
            .ToArray();
        _client.Send("GET", "/", endOfStream: true, fields);
        Assert.Contains("CONTINUATION 1", Frames.Describe(_client.Connection.Output));
        Exchange();
        Assert.Equal(
            "request 1 GET http a.test /" + string.Concat(fields.Select(f => $" [{f}]")) + " END",
            _server.Events[^1]
        );
    }

    [Fact]
    public void Extended_connect_reads_as_an_upgrade_on_both_sides()
    {
        var options = new Http2Options { AllowConnect = true };
        var server = new Endpoint(Http2Role.Server, options);
        Wire.Exchange(_client, server);
        Assert.True(_client.Connection.PeerAllowsConnect);
        _client.Send("GET", "/chat", endOfStream: false, "upgrade: websocket", "sec-websocket-version: 13");
        Wire.Exchange(_client, server);
        Assert.Equal(
            "request 1 GET http a.test /chat [sec-websocket-version: 13] [upgrade: websocket]",
            server.Events[^1]
        );
        Assert.True(server.Streams[1].IsUpgrade);
        server.Respond(1, 101, endOfStream: false, "upgrade: websocket", "connection: upgrade");
        Wire.Exchange(_client, server);
        Assert.Equal("response 1 101", _client.Events[^1]);
        server.Connection.SendData(server.Streams[1], "frame"u8, endOfStream: false);
        Wire.Exchange(_client, server);
        Assert.Equal("data 1 frame", _client.Events[^1]);
    }

    private void Exchange() => Wire.Exchange(_client, _server);
}
