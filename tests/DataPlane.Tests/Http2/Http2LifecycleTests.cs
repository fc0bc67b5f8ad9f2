// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>How streams and connections end, and how h2c begins.</summary>
public sealed class Http2LifecycleTests
{
    [Fact]
    public void A_graceful_end_comes_in_two_steps()
    {
        var server = Endpoint.StartedServer();
        server.Feed(Frames.Get(1));
        server.Connection.SendShutdownNotice();
        Assert.Equal(["GOAWAY 2147483647 NoError"], server.TakeFrames());
        server.Feed(Frames.Get(3)); // was under way
        server.Connection.SendGoAway();
        Assert.Equal(["GOAWAY 3 NoError"], server.TakeFrames());
        server.Feed(Frames.Headers(5, Frames.EndHeaders, Frames.Request()), Frames.Data(5, 0, 100)); // too late
        Assert.Equal(["request 1 GET http a.test / END", "request 3 GET http a.test / END"], server.Events);
        server.Respond(1);
        server.Respond(3);
        Assert.Equal(["HEADERS 1 END", "HEADERS 3 END"], server.TakeFrames());
        Assert.Equal(0, server.Connection.ActiveStreams);
        Assert.Equal(2, server.Counters[Http2Counter.GoAwaySent]);
        server.Connection.SendGoAway();
        Assert.Empty(server.TakeFrames());
    }

    [Fact]
    public void A_connection_that_ends_tells_every_stream_once()
    {
        var server = Endpoint.StartedServer();
        for (uint id = 1; id < 41; id += 2)
            server.Feed(Frames.Get(id));
        server.Respond(3);
        server.Connection.Release(server.Streams[3]);
        server.Events.Clear();
        server.OnEvent = (endpoint, stream, _) => endpoint.Connection.Release(stream);
        server.Connection.Terminate(Http2ErrorCode.Cancel);
        Assert.Equal(19, server.Events.Distinct().Count());
        Assert.All(server.Events, e => Assert.EndsWith(" Cancel", e, StringComparison.Ordinal));
        Assert.Equal(0, server.Counters[Http2Counter.StreamsActive]);
        Assert.Equal(0, server.Counters[Http2Counter.PendingSendBytes]);
        Assert.True(server.Connection.Output.IsEmpty);
    }

    [Fact]
    public void A_stream_outlives_the_connection_in_its_owners_hands()
    {
        var server = Endpoint.StartedServer();
        server.Feed(Frames.Headers(1, Frames.EndHeaders, Frames.Request()));
        var stream = server.Streams[1];
        server.Connection.Terminate(Http2ErrorCode.Cancel);
        server.Respond(1);
        server.SendTrailers(1, "x: y");
        Assert.Equal(-1, server.Connection.SendData(stream, new byte[1], endOfStream: true));
        server.Connection.Reset(stream, Http2ErrorCode.InternalError);
        Assert.True(server.Connection.Output.IsEmpty);
        server.Connection.Release(stream);
    }

    [Theory]
    [InlineData(true, "RST_STREAM 1 NoError")] // RFC 9113 §8.1: the rest of the request is not wanted
    [InlineData(false, "RST_STREAM 1 Cancel")]
    public void A_server_that_lets_go_early_says_why(bool answered, string reset)
    {
        var server = Endpoint.StartedServer();
        server.Feed(Frames.Headers(1, Frames.EndHeaders, Frames.Request()));
        if (answered)
            server.Respond(1);
        server.Connection.Release(server.Streams[1]);
        Assert.Equal(reset, server.TakeFrames()[^1]);
        Assert.Equal(Http2Fault.None, server.Feed(Frames.Data(1, 0, 10)));
        Assert.Empty(server.TakeFrames());
    }

    [Fact]
    public void A_stream_that_was_given_back_serves_again()
    {
        var server = Endpoint.StartedServer();
        server.Feed(Frames.Headers(1, Frames.EndHeaders, Frames.Request("content-length: 5")));
        var first = server.Streams[1];
        server.Connection.Release(first);
        server.Feed(Frames.Headers(3, Frames.EndHeaders, Frames.Request()), Frames.Data(3, Frames.EndStream, 9));
        Assert.Same(first, server.Streams[3]);
        Assert.Equal(-1, first.ContentLength);
        Assert.EndsWith(" END", server.Events[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_may_end_a_stream_inside_any_event()
    {
        foreach (var event_ in (string[])["request", "data", "trailers"])
        {
            var server = Endpoint.StartedServer();
            server.OnEvent = (endpoint, stream, line) =>
            {
                if (line.StartsWith(event_, StringComparison.Ordinal))
                    endpoint.Connection.Release(stream);
            };
            var fault = server.Feed(
                Frames.Headers(1, Frames.EndHeaders, Frames.Request()),
                Frames.Data(1, 0, 10),
                Frames.Data(1, 0, 10),
                Frames.Headers(1, Frames.EndStream | Frames.EndHeaders, Frames.Block("x: y")),
                Frames.Get(3)
            );
            Assert.Equal(Http2Fault.None, fault);
            Assert.Equal(1, server.Events.Count(e => e.StartsWith(event_ + " 1", StringComparison.Ordinal)));
            Assert.Equal("request 3 GET http a.test / END", server.Events[^1]);
        }
    }

    [Fact]
    public void A_stream_released_inside_a_frame_of_its_body_gets_no_more_of_it()
    {
        var server = Endpoint.StartedServer();
        server.Feed(Frames.Headers(1, Frames.EndHeaders, Frames.Request()));
        var frame = Frames.Data(1, 0, 100);
        server.Feed(frame[..50]);
        server.Connection.Release(server.Streams[1]);
        server.Feed(Frames.Join(frame[50..], Frames.Get(3)));
        Assert.Equal(3, server.Events.Count);
        Assert.Equal("data 1 " + new string('\0', 41), server.Events[1]);
        Assert.Equal("request 3 GET http a.test / END", server.Events[2]);
    }

    [Fact]
    public void An_upgraded_connection_starts_with_stream_1_half_closed()
    {
        var server = new Endpoint(Http2Role.Server);
        server.TakeOutput();
        var head = new RequestHead();
        head.SetMethod("GET"u8);
        // INITIAL_WINDOW_SIZE of 5
        var stream = server.Connection.AcceptUpgrade("AAQAAAAF"u8, head, now: 0);
        Assert.NotNull(stream);
        Assert.Equal(Http2StreamState.HalfClosedRemote, stream.State);
        server.Streams[1] = stream;
        server.Feed(Frames.Preface, Frames.EmptySettings);
        server.Respond(1, 200, endOfStream: false);
        Assert.Equal(5, server.Connection.SendData(stream, new byte[9], endOfStream: true));
        Assert.Equal(["SETTINGS ACK", "HEADERS 1", "DATA 1 5"], server.TakeFrames());
        server.Feed(Frames.Get(3));
        Assert.Equal("request 3 GET http a.test / END", server.Events[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAQAAAA")] // five octets
    [InlineData("AAQ*AAAF")]
    [InlineData("AAL_____")] // ENABLE_PUSH of 2^32-1
    public void An_upgrade_with_bad_settings_is_none(string settings)
    {
        var server = new Endpoint(Http2Role.Server);
        var stream = server.Connection.AcceptUpgrade(Endpoint.Bytes(settings), new RequestHead(), now: 0);
        Assert.Equal(settings.Length == 0, stream is not null); // no settings at all are the defaults
    }

    [Fact]
    public void A_ping_is_answered_to_who_sent_it()
    {
        var client = new Endpoint(Http2Role.Client);
        var server = new Endpoint(Http2Role.Server);
        client.Connection.SendPing(0xabc);
        Wire.Exchange(client, server);
        Assert.Contains("ping answered abc", client.Events);
    }
}
