// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>What a peer may repeat, how often, and what is counted when it does so once more.</summary>
public sealed class Http2FloodTests
{
    /// <summary>
    /// Name, frames that come first, frame that is repeated, how often it is admitted, fault and counter at one more.
    /// Nothing that is written is taken off the output, as with a peer that does not read.
    /// </summary>
    public static TheoryData<string, byte[], byte[], int, Http2Fault, Http2Counter> Floods =>
        new()
        {
            {
                "PING that the peer does not read the answers of",
                [],
                Frames.Ping(),
                1000,
                Http2Fault.OutboundControlFlood,
                Http2Counter.OutboundControlFlood
            },
            {
                "SETTINGS likewise (CVE-2019-9515)",
                [],
                Frames.EmptySettings,
                1000,
                Http2Fault.OutboundControlFlood,
                Http2Counter.OutboundControlFlood
            },
            {
                "frames that are answered by RST_STREAM (CVE-2019-9514)",
                [.. Frames.Headers(1, Frames.EndHeaders, Frames.Request()), .. Frames.RstStream(1, 8)],
                Frames.Data(1, 0, 1),
                1000,
                Http2Fault.OutboundControlFlood,
                Http2Counter.OutboundControlFlood
            },
            {
                "PRIORITY (CVE-2019-9513)",
                Frames.Get(1),
                Frames.Frame(0x2, 0, 3, 0, 0, 0, 0, 1),
                200,
                Http2Fault.PriorityFramesFlood,
                Http2Counter.InboundPriorityFramesFlood
            },
            {
                "WINDOW_UPDATE of the connection (CVE-2019-9511)",
                Frames.Get(1),
                Frames.WindowUpdate(0, 1),
                7,
                Http2Fault.WindowUpdateFramesFlood,
                Http2Counter.InboundWindowUpdateFramesFlood
            },
            {
                "empty DATA (CVE-2019-9518)",
                Frames.Headers(1, Frames.EndHeaders, Frames.Request()),
                Frames.Data(1, 0, 0),
                1,
                Http2Fault.EmptyFramesFlood,
                Http2Counter.InboundEmptyFramesFlood
            },
            {
                "DATA of padding alone (CVE-2019-9518)",
                Frames.Headers(1, Frames.EndHeaders, Frames.Request()),
                Frames.Data(1, Frames.Padded, [3, 0, 0, 0]),
                1,
                Http2Fault.EmptyFramesFlood,
                Http2Counter.InboundEmptyFramesFlood
            },
            {
                "empty CONTINUATION (CVE-2024-27316)",
                Frames.Headers(1, 0, Frames.Request()),
                Frames.Continuation(1, 0, []),
                1,
                Http2Fault.EmptyFramesFlood,
                Http2Counter.InboundEmptyFramesFlood
            },
            {
                "CONTINUATION with next to nothing (CVE-2024-27316)",
                Frames.Headers(1, 0, Frames.Request()),
                Frames.Continuation(1, 0, Frames.Block("a: b")),
                8,
                Http2Fault.ContinuationFlood,
                Http2Counter.InboundContinuationFramesFlood
            },
            {
                "CONTINUATION full to the brim (CVE-2024-27316)",
                Frames.Headers(1, 0, Frames.Request()),
                Frames.Continuation(1, 0, new byte[16_384]),
                4,
                Http2Fault.ContinuationFlood,
                Http2Counter.InboundContinuationFramesFlood
            },
        };

    [Theory, MemberData(nameof(Floods))]
    public void A_flood_ends_the_connection_one_frame_above_its_limit(
        string name,
        byte[] before,
        byte[] frame,
        int admitted,
        Http2Fault fault,
        Http2Counter counter
    )
    {
        var server = Endpoint.StartedServer();
        Assert.Equal(Http2Fault.None, server.Feed(before));
        for (var i = 0; i < admitted; i++)
            Assert.True(server.Feed(frame) == Http2Fault.None, $"{name}: refused at {i + 1}");
        Assert.Equal(0, server.Counters[counter]);
        Assert.Equal(fault, server.Feed(frame));
        Assert.Equal(1, server.Counters[counter]);
        Assert.EndsWith(" EnhanceYourCalm", server.TakeFrames()[^1], StringComparison.Ordinal);
        // What comes behind is not looked at any more.
        Assert.Equal(fault, server.Feed(Frames.Get(9)));
        Assert.DoesNotContain("request 9", string.Join('\n', server.Events), StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_reads_may_ping_for_ever()
    {
        var server = Endpoint.StartedServer();
        for (var i = 0; i < 5000; i++)
        {
            Assert.Equal(Http2Fault.None, server.Feed(Frames.Ping()));
            Assert.Equal(["PING ACK 0102030405060708"], server.TakeFrames());
        }
    }

    [Fact]
    public void Half_read_answers_count_until_their_last_octet_is_gone()
    {
        var server = Endpoint.StartedServer(new Http2Options { MaxOutboundControlFrames = 2 });
        server.Feed(Frames.Ping(), Frames.Ping());
        server.Connection.OnWritten(17 + 16); // one answer, and all but an octet of the other
        Assert.Equal(Http2Fault.None, server.Feed(Frames.Ping()));
        server.Connection.OnWritten(1);
        Assert.Equal(Http2Fault.None, server.Feed(Frames.Ping()));
        Assert.Equal(Http2Fault.OutboundControlFlood, server.Feed(Frames.Ping()));
    }

    [Fact]
    public void Answers_that_nobody_reads_end_the_connection()
    {
        var server = Endpoint.StartedServer(
            new Http2Options { MaxOutboundFrames = 100, MaxInboundWindowUpdateFramesPerDataFrameSent = 0 }
        );
        var fault = Http2Fault.None;
        uint id = 1;
        for (; fault == Http2Fault.None && id < 2001; id += 2)
        {
            fault = server.Feed(Frames.Get(id));
            if (fault != Http2Fault.None)
                break;
            server.Respond(id);
            server.Connection.Release(server.Streams[id]);
        }
        Assert.Equal(Http2Fault.OutboundFlood, fault);
        Assert.Equal(203u, id); // 101 answers wait when the 102nd request comes
        Assert.Equal(1, server.Counters[Http2Counter.OutboundFlood]);
    }

    [Fact]
    public void Octets_that_nobody_reads_end_the_connection_however_few_frames_they_are()
    {
        var server = Endpoint.StartedServer(new Http2Options { MaxOutboundBytes = 100_000 });
        server.Feed(Frames.Get(1), Frames.Get(3), Frames.Get(5));
        foreach (uint id in (uint[])[1, 3, 5])
            server.Respond(id, 200, endOfStream: true, $"x: {new string('y', 50_000 + (int)id)}");
        Assert.Equal(Http2Fault.OutboundFlood, server.Feed(Frames.Ping()));
    }

    [Theory]
    [InlineData(1)] // rapid reset, CVE-2023-44487
    [InlineData(2)] // every other stream is served
    public void Streams_opened_to_be_reset_end_the_connection(int every)
    {
        var server = Endpoint.StartedServer();
        var fault = Http2Fault.None;
        var opened = 0;
        for (uint id = 1; fault == Http2Fault.None && opened < 5000; id += 2)
        {
            opened++;
            fault = server.Feed(Frames.Get(id));
            if (opened % every == 0)
                fault = server.Feed(Frames.RstStream(id, 8));
            else
                server.Respond(id);
            server.Connection.Release(server.Streams[id]);
            server.TakeOutput();
        }
        Assert.Equal(Http2Fault.PrematureResets, fault);
        Assert.Equal(250 * every, opened); // half of 500
        Assert.Equal(1, server.Counters[Http2Counter.TooManyPrematureResets]);
    }

    [Theory]
    [InlineData("answered", 2)]
    [InlineData("late", 1)]
    [InlineData("now and then", 3)]
    public void Resets_for_a_reason_are_admitted(string reason, int every)
    {
        var server = Endpoint.StartedServer();
        for (uint id = 1; id < 4001; id += 2)
        {
            Assert.Equal(Http2Fault.None, server.Feed(Frames.Get(id)));
            if (reason == "answered")
                server.Respond(id, 200, endOfStream: false);
            if (reason == "late")
                server.Now += 2 * Stopwatch.Frequency;
            if (reason != "now and then" || id / 2 % every == 0)
                Assert.Equal(Http2Fault.None, server.Feed(Frames.RstStream(id, 8)));
            else
                server.Respond(id);
            server.Connection.Release(server.Streams[id]);
            server.TakeOutput();
        }
    }

    [Fact]
    public void Streams_above_the_limit_are_refused_and_the_table_stays_in_step()
    {
        var server = Endpoint.StartedServer(new Http2Options { MaxConcurrentStreams = 2 });
        // The refused one brings an entry that the next one uses.
        byte[] indexing = [0x82, 0x86, 0x84, 0x41, 6, .. "a.test"u8];
        Assert.Equal(
            Http2Fault.None,
            server.Feed(Frames.Get(1), Frames.Get(3), Frames.Headers(5, Frames.EndStream | Frames.EndHeaders, indexing))
        );
        Assert.Equal(["RST_STREAM 5 RefusedStream"], server.TakeFrames());
        Assert.Equal(1, server.Counters[Http2Counter.StreamRefusedErrors]);
        server.Respond(1);
        server.Feed(Frames.Headers(7, Frames.EndStream | Frames.EndHeaders, [0x82, 0x86, 0x84, 0xbe]));
        Assert.Equal("request 7 GET http a.test / END", server.Events[^1]);
    }

    [Fact]
    public void Streams_reset_faster_than_their_owner_lets_go_of_them_are_refused()
    {
        var options = new Http2Options { MaxConcurrentStreams = 10, PrematureResetTotalStreamCount = 0 };
        var server = Endpoint.StartedServer(options);
        for (uint id = 1; id < 101; id += 2)
            server.Feed(Frames.Get(id), Frames.RstStream(id, 8));
        Assert.Equal(20, server.Streams.Count);
        Assert.Equal(30, server.Counters[Http2Counter.StreamRefusedErrors]);
    }

    [Fact]
    public void A_handler_may_refuse_a_stream()
    {
        var server = Endpoint.StartedServer();
        server.RefusesStreams = true;
        Assert.Equal(Http2Fault.None, server.Feed(Frames.Get(1)));
        Assert.Equal(["RST_STREAM 1 RefusedStream"], server.TakeFrames());
        Assert.Empty(server.Events);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_head_that_is_too_large_costs_its_stream_and_the_table_stays_in_step(bool bomb)
    {
        var server = Endpoint.StartedServer();
        // A bomb: one entry of 4000 octets, named 20 times in 20 octets.
        const int Length = 4000;
        byte[] entry =
        [
            0x40,
            1,
            (byte)'x',
            0x7f,
            ((Length - 127) & 0x7f) | 0x80,
            (Length - 127) >> 7,
            .. Enumerable.Repeat((byte)'y', Length),
        ];
        byte[] block = bomb
            ? [.. Frames.Request(), .. entry, .. Enumerable.Repeat((byte)0xbe, 20)]
            : [.. Frames.Request(), .. Enumerable.Range(0, 101).SelectMany(i => Frames.Block($"x-{i}: y")), .. entry];
        Assert.Equal(Http2Fault.None, server.Feed(Frames.Headers(1, Frames.EndStream | Frames.EndHeaders, block)));
        Assert.Equal(["RST_STREAM 1 EnhanceYourCalm"], server.TakeFrames());
        Assert.Equal(["reset 1 EnhanceYourCalm"], server.Events);
        Assert.Equal(bomb ? Http2Fault.HeaderListTooLarge : Http2Fault.TooManyHeaders, server.Streams[1].Fault);
        Assert.Equal(1, server.Counters[Http2Counter.HeaderOverflow]);
        server.Feed(Frames.Headers(3, Frames.EndStream | Frames.EndHeaders, [.. Frames.Request(), 0xbe]));
        Assert.Equal($"request 3 GET http a.test / [x: {new string('y', Length)}] END", server.Events[^1]);
    }
}
