// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

public sealed class Http2FlowControlTests
{
    private static readonly Http2Options s_small = new()
    {
        InitialStreamWindowSize = 65_535,
        InitialConnectionWindowSize = 100_000,
    };

    private static byte[] Post(uint id) => Frames.Headers(id, Frames.EndHeaders, Frames.Request());

    [Fact]
    public void Start_announces_both_windows()
    {
        var server = new Endpoint(Http2Role.Server, s_small);
        Assert.Equal(["SETTINGS", "WINDOW_UPDATE 0 34465"], server.TakeFrames());
    }

    [Fact]
    public void Credit_goes_back_when_the_owner_lets_go_of_half_a_window()
    {
        var server = Endpoint.StartedServer(s_small);
        server.ReleasesData = false;
        server.Feed(Post(1), Frames.Data(1, 0, 16_384), Frames.Data(1, 0, 16_384), Frames.Data(1, 0, 16_384));
        var stream = server.Streams[1];
        Assert.Equal(3 * 16_384, stream.UnreleasedBytes);
        Assert.Empty(server.TakeFrames());
        server.Connection.ReleaseReceived(stream, 32_766);
        Assert.Empty(server.TakeFrames());
        server.Connection.ReleaseReceived(stream, 1);
        Assert.Equal(["WINDOW_UPDATE 1 32767"], server.TakeFrames());
        server.Connection.ReleaseReceived(stream, stream.UnreleasedBytes);
        Assert.Empty(server.TakeFrames()); // 49152 of 100000
        server.Feed(Frames.Data(1, 0, 1000));
        server.Connection.ReleaseReceived(stream, 1000);
        Assert.Equal(["WINDOW_UPDATE 0 50152"], server.TakeFrames());
    }

    [Fact]
    public void More_than_the_streams_window_resets_it()
    {
        var server = Endpoint.StartedServer(s_small);
        server.ReleasesData = false;
        server.Feed(Post(1));
        for (var i = 0; i < 3; i++)
            Assert.Equal(Http2Fault.None, server.Feed(Frames.Data(1, 0, 16_384)));
        Assert.Equal(Http2Fault.None, server.Feed(Frames.Data(1, 0, 16_383)));
        Assert.Equal(Http2Fault.None, server.Feed(Frames.Data(1, 0, 1)));
        Assert.Equal(["RST_STREAM 1 FlowControlError"], server.TakeFrames());
        Assert.Equal(Http2Fault.WindowExceeded, server.Streams[1].Fault);
    }

    [Fact]
    public void More_than_the_connections_window_ends_it()
    {
        var server = Endpoint.StartedServer(s_small);
        server.ReleasesData = false;
        server.Feed(Post(1), Post(3));
        for (var i = 0; i < 3; i++)
            Assert.Equal(Http2Fault.None, server.Feed(Frames.Data(1, 0, 16_384), Frames.Data(3, 0, 16_384)));
        Assert.Equal(Http2Fault.WindowExceeded, server.Feed(Frames.Data(1, 0, 1697)));
        Assert.Equal("GOAWAY 3 FlowControlError", server.TakeFrames()[^1]);
    }

    [Fact]
    public void Padding_and_body_that_nobody_wants_are_credited_at_once()
    {
        var server = Endpoint.StartedServer(s_small);
        server.ReleasesData = false;
        server.Feed(Post(1), Post(3));
        server.Connection.Reset(server.Streams[3], Http2ErrorCode.Cancel);
        server.TakeOutput();
        for (var i = 0; i < 200; i++)
            server.Feed(Frames.Data(1, Frames.Padded, [200, 1, .. new byte[200]]), Frames.Data(3, 0, 1000));
        Assert.Equal(200, server.Streams[1].UnreleasedBytes);
        var updates = server.TakeFrames();
        Assert.Contains(updates, f => f.StartsWith("WINDOW_UPDATE 0", StringComparison.Ordinal));
        Assert.Contains(updates, f => f.StartsWith("WINDOW_UPDATE 1", StringComparison.Ordinal));
        Assert.DoesNotContain(updates, f => f.StartsWith("WINDOW_UPDATE 3", StringComparison.Ordinal));
    }

    [Fact]
    public void A_stream_given_back_gives_the_connection_its_credit()
    {
        var server = Endpoint.StartedServer(s_small);
        server.ReleasesData = false;
        server.Feed(Post(1));
        for (var i = 0; i < 4; i++)
            server.Feed(Frames.Data(1, 0, 16_000));
        server.Feed(Frames.RstStream(1, 8));
        Assert.Empty(server.TakeFrames());
        server.Connection.Release(server.Streams[1]);
        Assert.Equal(["WINDOW_UPDATE 0 64000"], server.TakeFrames());
    }

    [Fact]
    public void Body_is_taken_up_to_the_streams_window_and_the_owner_told_when_it_opens()
    {
        var client = Endpoint.StartedClient(method: "POST", endOfStream: false);
        client.Feed(Frames.Settings((4, 10)));
        client.TakeOutput();
        var stream = client.Streams[1];
        Assert.Equal(10, client.Connection.SendData(stream, new byte[15], endOfStream: true));
        Assert.Equal(0, client.Connection.SendData(stream, new byte[5], endOfStream: true));
        Assert.Empty(client.Writable);
        client.Feed(Frames.WindowUpdate(0, 100));
        Assert.Empty(client.Writable);
        client.Feed(Frames.WindowUpdate(1, 100));
        Assert.Equal([stream], client.Writable);
        Assert.Equal(5, client.Connection.SendData(stream, new byte[5], endOfStream: true));
        Assert.Equal(["DATA 1 10", "DATA 1 5 END"], client.TakeFrames());
        Assert.Equal(-1, client.Connection.SendData(stream, new byte[1], endOfStream: true));
    }

    [Fact]
    public void Body_that_new_settings_admit_comes_behind_their_acknowledgement()
    {
        // RFC 9113 §6.5.3; python3-h2 counts on it.
        var client = Endpoint.StartedClient(method: "POST", endOfStream: false);
        client.Feed(Frames.Settings((4, 10)));
        client.TakeOutput();
        client.Connection.SendData(client.Streams[1], new byte[20], endOfStream: false);
        client.OnEvent = (side, stream, _) => side.Connection.SendData(stream, new byte[10], endOfStream: true);
        client.Feed(Frames.Settings((4, 20)));
        Assert.Equal(["DATA 1 10", "SETTINGS ACK", "DATA 1 10 END"], client.TakeFrames());
    }

    [Theory]
    [InlineData("nothing", "DATA 1 5 END")]
    [InlineData("a look at the output", "DATA 1 5, DATA 1 0 END")] // it may be on its way
    [InlineData("another frame", "DATA 1 5, PING 0000000000000001, DATA 1 0 END")]
    public void The_end_goes_into_the_last_frame_when_nothing_came_between(string between, string frames)
    {
        var client = Endpoint.StartedClient(method: "POST", endOfStream: false);
        client.Connection.SendData(client.Streams[1], new byte[5], endOfStream: false);
        if (between == "another frame")
            client.Connection.SendPing(1);
        else if (between != "nothing")
            Assert.False(client.Connection.Output.IsEmpty);
        client.Connection.SendData(client.Streams[1], default, endOfStream: true);
        Assert.True(client.Streams[1].IsLocalClosed);
        Assert.Equal(frames, string.Join(", ", client.TakeFrames()));
    }

    [Fact]
    public void The_end_of_a_stream_needs_no_window()
    {
        var client = Endpoint.StartedClient(method: "POST", endOfStream: false);
        client.Feed(Frames.Settings((4, 0)));
        client.TakeOutput();
        Assert.Equal(0, client.Connection.SendData(client.Streams[1], default, endOfStream: true));
        Assert.Equal(["DATA 1 0 END"], client.TakeFrames());
    }

    [Fact]
    public void Body_stops_where_the_output_is_full_and_goes_on_when_it_is_written()
    {
        var client = Endpoint.StartedClient(method: "POST", endOfStream: false);
        client.Feed(Frames.Settings((4, 1 << 20)), Frames.WindowUpdate(0, 1 << 20));
        client.TakeOutput();
        var stream = client.Streams[1];
        Assert.Equal(65_536, client.Connection.SendData(stream, new byte[100_000], endOfStream: true));
        Assert.Empty(client.Writable);
        client.Connection.OnWritten(1000);
        Assert.Equal([stream], client.Writable);
    }

    [Fact]
    public void Streams_take_turns_at_a_window_that_is_too_small_for_all()
    {
        var client = new Endpoint(Http2Role.Client);
        client.Feed(Frames.Settings((4, 1 << 20)));
        client.TakeOutput();
        var left = new Dictionary<Http2Stream, int>();
        for (var i = 0; i < 5; i++)
        {
            var stream = client.Send("POST", endOfStream: false);
            left[stream] = 100_000;
        }
        client.TakeOutput();
        var sent = new List<uint>();
        void Send(Http2Stream stream)
        {
            var count = client.Connection.SendData(stream, new byte[left[stream]], endOfStream: false);
            left[stream] -= count;
            if (count > 0)
                sent.Add(stream.Id);
        }
        foreach (var stream in left.Keys.ToArray())
            Send(stream); // the first takes the whole window of 65535
        client.OnEvent = (_, stream, line) => Send(stream);
        for (var i = 0; i < 10; i++)
        {
            client.TakeOutput();
            client.Feed(Frames.WindowUpdate(0, 16_384));
        }
        Assert.Equal([1, 1, 3, 5, 7, 9, 1, 3, 5, 7, 9], sent);
        Assert.Equal([100_000 - 65_535 - 32_768, .. Enumerable.Repeat(100_000 - 32_768, 4)], left.Values);
    }

    [Fact]
    public void A_stream_that_ends_gives_its_turn_to_the_next()
    {
        var client = new Endpoint(Http2Role.Client);
        client.Feed(Frames.Settings((4, 1 << 20)));
        var first = client.Send("POST", endOfStream: false);
        var second = client.Send("POST", endOfStream: false);
        var third = client.Send("POST", endOfStream: false);
        client.TakeOutput();
        Assert.Equal(65_535, client.Connection.SendData(first, new byte[70_000], endOfStream: false));
        client.TakeOutput();
        Assert.Equal(0, client.Connection.SendData(second, new byte[10], endOfStream: false));
        Assert.Equal(0, client.Connection.SendData(third, new byte[10], endOfStream: false));
        client.Writable.Clear();
        client.Feed(Frames.WindowUpdate(0, 1000));
        Assert.Equal([first], client.Writable);
        client.Connection.Release(first);
        Assert.Equal([first, second], client.Writable);
        client.Feed(Frames.RstStream(second.Id, 8));
        Assert.Equal([first, second, third], client.Writable);
    }
}
