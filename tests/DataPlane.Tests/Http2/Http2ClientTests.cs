// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>What a client makes of a server's frames.</summary>
public sealed class Http2ClientTests
{
    private const byte Both = Frames.EndStream | Frames.EndHeaders;

    private static readonly Http2Options s_streamErrors = new() { OverrideStreamErrorOnInvalidHttpMessage = true };

    /// <summary>Section, name, frames behind a GET on stream 1, and what the owner is told last.</summary>
    public static TheoryData<string, string, byte[], string> Responses =>
        new()
        {
            { "8.1", "a head alone", Frames.Headers(1, Both, Frames.Response()), "response 1 200 END" },
            {
                "8.1",
                "interim heads first",
                Frames.Join(
                    Frames.Headers(1, Frames.EndHeaders, Frames.Block(":status: 100")),
                    Frames.Headers(1, Frames.EndHeaders, Frames.Block(":status: 103", "link: </a>")),
                    Frames.Headers(1, Both, Frames.Response())
                ),
                "response 1 200 END"
            },
            {
                "8.1",
                "a body and trailers",
                Frames.Join(
                    Frames.Headers(1, Frames.EndHeaders, Frames.Response("content-length: 2")),
                    Frames.Data(1, 0, "ok"u8.ToArray()),
                    Frames.Headers(1, Both, Frames.Block("grpc-status: 0"))
                ),
                "trailers 1 [grpc-status: 0] END"
            },
            {
                "8.1",
                "an interim head that ends the stream",
                Frames.Headers(1, Both, Frames.Block(":status: 100")),
                "reset 1 ProtocolError"
            },
            { "8.1", "a body in front of the head", Frames.Data(1, 0, 2), "reset 1 ProtocolError" },
            {
                "8.1",
                "a second head",
                Frames.Join(
                    Frames.Headers(1, Frames.EndHeaders, Frames.Response()),
                    Frames.Headers(1, Both, Frames.Response())
                ),
                "reset 1 ProtocolError"
            },
            {
                "8.1.1",
                "a body shorter than Content-Length",
                Frames.Join(
                    Frames.Headers(1, Frames.EndHeaders, Frames.Response("content-length: 3")),
                    Frames.Data(1, Frames.EndStream, 2)
                ),
                "reset 1 ProtocolError"
            },
            {
                "8.1.1",
                "no body where Content-Length wants one",
                Frames.Headers(1, Both, Frames.Response("content-length: 3")),
                "reset 1 ProtocolError"
            },
            {
                "8.1.1",
                "Content-Length of a 304",
                Frames.Headers(1, Both, Frames.Block(":status: 304", "content-length: 3")),
                "response 1 304 END"
            },
            {
                "8.1.1",
                "a body of a 204",
                Frames.Join(
                    Frames.Headers(1, Frames.EndHeaders, Frames.Block(":status: 204")),
                    Frames.Data(1, Frames.EndStream, 1)
                ),
                "reset 1 ProtocolError"
            },
            {
                "8.2.2",
                "Connection",
                Frames.Headers(1, Both, Frames.Response("connection: close")),
                "reset 1 ProtocolError"
            },
            { "8.2.1", "upper case", Frames.Headers(1, Both, Frames.Response("X: y")), "reset 1 ProtocolError" },
            { "8.3.2", "no :status", Frames.Headers(1, Both, Frames.Block("x: y")), "reset 1 ProtocolError" },
            {
                "8.3.2",
                ":status twice",
                Frames.Headers(1, Both, Frames.Response(":status: 200")),
                "reset 1 ProtocolError"
            },
            {
                "8.3.2",
                ":status behind a field",
                Frames.Headers(1, Both, Frames.Block("x: y", ":status: 200")),
                "reset 1 ProtocolError"
            },
            {
                "8.3.2",
                ":status of four digits",
                Frames.Headers(1, Both, Frames.Block(":status: 2000")),
                "reset 1 ProtocolError"
            },
            {
                "8.3.2",
                ":status that is no number",
                Frames.Headers(1, Both, Frames.Block(":status: 20x")),
                "reset 1 ProtocolError"
            },
            {
                "8.3.2",
                ":status below 100",
                Frames.Headers(1, Both, Frames.Block(":status: 099")),
                "reset 1 ProtocolError"
            },
            {
                "8.6",
                ":status of 101",
                Frames.Headers(1, Frames.EndHeaders, Frames.Block(":status: 101")),
                "reset 1 ProtocolError"
            },
            {
                "8.3",
                "a request's pseudo-header",
                Frames.Headers(1, Both, Frames.Response(":path: /")),
                "reset 1 ProtocolError"
            },
            { "6.4", "RST_STREAM", Frames.RstStream(1, 2), "reset 1 InternalError" },
            { "8.7", "a refused stream", Frames.RstStream(1, 7), "reset 1 RefusedStream unprocessed" },
            {
                "5.1",
                "a head behind the end",
                Frames.Join(
                    Frames.Headers(1, Frames.EndHeaders, Frames.Response()),
                    Frames.Data(1, Frames.EndStream, 0)
                ),
                "data 1  END"
            },
        };

    [Theory, MemberData(nameof(Responses))]
    public void A_response_is_handed_over_or_its_stream_reset(string section, string name, byte[] frames, string last)
    {
        var client = Endpoint.StartedClient(s_streamErrors);
        Assert.Equal(Http2Fault.None, client.Feed(frames));
        Assert.True(last == client.Events[^1], $"§{section} {name}: {string.Join(", ", client.Events)}");
        Assert.Equal(0, client.Connection.ActiveStreams);
    }

    /// <summary>Section, name, frames behind a GET on stream 1, and what ends the connection.</summary>
    public static TheoryData<string, string, byte[], Http2Fault> Faults =>
        new()
        {
            { "5.1.1", "an even stream", Frames.Headers(2, Both, Frames.Response()), Http2Fault.InvalidStreamId },
            { "5.1", "an idle stream", Frames.Headers(3, Both, Frames.Response()), Http2Fault.IdleStream },
            { "5.1", "DATA of an idle stream", Frames.Data(3, 0, 1), Http2Fault.IdleStream },
            { "6.5.2", "ENABLE_PUSH of a server", Frames.Settings((2, 1)), Http2Fault.InvalidSetting },
            {
                "RFC 8441 §3",
                "extended CONNECT taken back",
                Frames.Join(Frames.Settings((8, 1)), Frames.Settings((8, 0))),
                Http2Fault.InvalidSetting
            },
            {
                "8.4",
                "PUSH_PROMISE",
                Frames.Frame(0x5, Frames.EndHeaders, 1, 0, 0, 0, 2, 0x88),
                Http2Fault.PushPromise
            },
            {
                "5.1",
                "HEADERS behind the end",
                Frames.Join(Frames.Headers(1, Both, Frames.Response()), Frames.Headers(1, Both, Frames.Response())),
                Http2Fault.StreamClosed
            },
        };

    [Theory, MemberData(nameof(Faults))]
    public void A_fault_of_the_server_ends_the_connection(string section, string name, byte[] frames, Http2Fault fault)
    {
        var client = Endpoint.StartedClient();
        var found = client.Feed(frames);
        Assert.True(found == fault, $"§{section} {name}: {found}");
        Assert.StartsWith("GOAWAY 0", client.TakeFrames()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_frame_of_a_server_is_SETTINGS()
    {
        var client = new Endpoint(Http2Role.Client);
        Assert.Equal(Http2Fault.MissingSettings, client.Feed(Frames.Ping()));
    }

    [Fact]
    public void A_client_starts_with_the_preface_and_no_push()
    {
        var client = new Endpoint(Http2Role.Client);
        var output = client.TakeOutput();
        Assert.Equal(Frames.Preface, output[..24]);
        Assert.Equal([0, 2, 0, 0, 0, 0], output[33..39]); // ENABLE_PUSH of 0, the first setting
    }

    [Fact]
    public void A_response_to_HEAD_announces_a_body_and_has_none()
    {
        var client = Endpoint.StartedClient(s_streamErrors, "HEAD");
        client.Feed(Frames.Headers(1, Both, Frames.Response("content-length: 1000")));
        Assert.Equal(["response 1 200 END"], client.Events);
        Assert.Equal(1000, client.Streams[1].ContentLength);
    }

    [Fact]
    public void Streams_are_opened_as_far_as_both_sides_admit()
    {
        var client = new Endpoint(Http2Role.Client, new Http2Options { MaxConcurrentStreams = 3 });
        Assert.True(client.Connection.CanOpen); // before the server's SETTINGS (RFC 9113 §3.4)
        client.Feed(Frames.Settings((3, 2)));
        client.Send();
        Assert.True(client.Connection.CanOpen);
        client.Send();
        Assert.False(client.Connection.CanOpen);
        client.Feed(Frames.Settings((3, 100)));
        Assert.True(client.Connection.CanOpen);
        client.Send();
        Assert.False(client.Connection.CanOpen); // our own limit
        client.Feed(Frames.Headers(1, Both, Frames.Response()));
        Assert.True(client.Connection.CanOpen);
    }

    [Fact]
    public void GOAWAY_lets_what_is_below_go_on_and_hands_back_what_is_above()
    {
        var client = Endpoint.StartedClient();
        client.Send();
        client.Send();
        client.TakeOutput();
        client.Feed(Frames.GoAway(3, 0));
        Assert.Equal(["reset 5 RefusedStream unprocessed", "goaway 3 NoError"], client.Events);
        Assert.False(client.Connection.CanOpen);
        Assert.Equal(2, client.Connection.ActiveStreams);
        client.Feed(Frames.Headers(3, Both, Frames.Response()));
        Assert.Equal("response 3 200 END", client.Events[^1]);
    }

    [Fact]
    public void What_is_under_way_to_a_stream_that_we_reset_is_ignored()
    {
        var client = Endpoint.StartedClient();
        client.Connection.Release(client.Streams[1]);
        Assert.Equal(["RST_STREAM 1 Cancel"], client.TakeFrames());
        Assert.Equal(
            Http2Fault.None,
            client.Feed(
                Frames.Headers(1, Frames.EndHeaders, Frames.Response()),
                Frames.Data(1, 0, 100),
                Frames.WindowUpdate(1, 5),
                Frames.RstStream(1, 0)
            )
        );
        Assert.Empty(client.Events);
        Assert.Empty(client.TakeFrames());
    }

    [Fact]
    public void A_secret_is_never_indexed_on_the_wire()
    {
        var client = new Endpoint(Http2Role.Client);
        client.Feed(Frames.EmptySettings);
        client.TakeOutput();
        client.Send("GET", "/", true, "authorization: Bearer abc");
        var output = client.TakeOutput();
        var at = output.AsSpan().IndexOf("Bearer abc"u8);
        Assert.Equal(0x1f, output[at - 3]); // never indexed, name 15 + 8
    }
}
