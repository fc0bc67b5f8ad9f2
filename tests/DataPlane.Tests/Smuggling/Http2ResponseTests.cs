// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net.Sockets;
using DataPlane.Tests.AccessLogs;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Server;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Smuggling;

/// <summary>
/// Answers over HTTP/2 that are none, or that would be something else in HTTP/1: 502 with a reason; and beside them, on a
/// connection to another upstream, a neighbour is served.
/// </summary>
public sealed class Http2ResponseTests : IDisposable
{
    private const string Format =
        "\"logFormat\":{\"textFormatSource\":{\"inlineString\":\"%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %RESPONSE_FLAGS%\\n\"}},";

    private const byte End = Frames.EndStream | Frames.EndHeaders;

    private readonly AccessLogFixture _log = new();
    private readonly ScriptedServer _neighbour = ScriptedServer.Always(
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    );

    public void Dispose()
    {
        _log.Dispose();
        _neighbour.Dispose();
    }

    /// <summary>Frames that answer the request on stream 1.</summary>
    public static TheoryData<string, byte[]> Malformed
    {
        get
        {
            var rows = new TheoryData<string, byte[]>();
            void Head(string name, params string[] lines) =>
                rows.Add(name, Frames.Headers(1, End, Frames.Block(lines)));
            Head("no status", "x: y");
            Head("two statuses", ":status: 200", ":status: 200");
            Head("a status behind a field", "x: y", ":status: 200");
            Head("a status of words", ":status: fine");
            Head("a status of four digits", ":status: 2000");
            Head("a status of none", ":status: ");
            Head("a switch of protocols", ":status: 101");
            Head("an end that is interim", ":status: 100");
            Head("a field of requests", ":status: 200", ":path: /");
            Head("an upper-case name", ":status: 200", "X: y");
            Head("a line break in a value", ":status: 200", "x: a\r\nset-cookie: b=c");
            Head("a line break in a name", ":status: 200", "x\r\nset-cookie: b=c");
            Head("a NUL in a value", ":status: 200", "x: a\0b");
            Head("white space before a value", ":status: 200", "x:  a");
            Head("connection", ":status: 200", "connection: close");
            Head("transfer-encoding", ":status: 200", "transfer-encoding: chunked");
            Head("upgrade", ":status: 200", "upgrade: websocket");
            Head("two lengths", ":status: 200", "content-length: 0", "content-length: 0");
            Head("a length of words", ":status: 200", "content-length: +5");
            Head("a length without a body", ":status: 200", "content-length: 5");
            rows.Add("a body before the head", Frames.Data(1, Frames.EndStream, "hello"u8.ToArray()));
            rows.Add("a block that is no HPACK", Frames.Headers(1, End, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
            rows.Add("a promise", Frames.Frame(0x5, Frames.EndHeaders, 1, [0, 0, 0, 2, .. Frames.Request()]));
            rows.Add("HTTP/1", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"u8.ToArray());
            return rows;
        }
    }

    /// <summary>Frames of an answer that begins well.</summary>
    public static TheoryData<string, byte[]> Broken =>
        new()
        {
            { "a body too long", Join(Data("hello!", Frames.EndStream, "content-length: 5")) },
            { "a body too short", Join(Data("hell", Frames.EndStream, "content-length: 5")) },
            { "a status in trailers", Join(Data("hello", 0), Frames.Headers(1, End, Frames.Block(":status: 200"))) },
            {
                "a line break in trailers",
                Join(Data("hello", 0), Frames.Headers(1, End, Frames.Block("x: a\r\nb: c")))
            },
            {
                "trailers that do not end",
                Join(Data("hello", 0), Frames.Headers(1, Frames.EndHeaders, Frames.Block("x: y")))
            },
        };

    [Theory, MemberData(nameof(Malformed))]
    public void An_answer_that_is_none_is_502(string name, byte[] frames)
    {
        using var upstream = Answering(frames);
        var at = Serve(upstream.Port);
        var told = ProxyFixture.Converse(at, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 Bad Gateway\r\n", told, StringComparison.Ordinal);
        Assert.EndsWith("reset reason: protocol error", told, StringComparison.Ordinal);
        Assert.DoesNotContain("set-cookie", told, StringComparison.Ordinal);
        AskNeighbour(at);
        Assert.Equal(1, _log.Proxy.Stat("cluster.a.upstream_cx_protocol_error"));
        Assert.Equal((name, "502 upstream_reset_before_response_started{protocol_error} UPE"), (name, _log.Raw()[0]));
    }

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_body_ends_without_its_end(string name, byte[] frames)
    {
        using var upstream = Answering(frames);
        var at = Serve(upstream.Port);
        using (var client = new RawHttp2Client(at))
        {
            client.Send(Frames.Get(1));
            var answer = client.Read(1);
            Assert.False(answer.IsComplete);
            Assert.True(answer.Reset == "InternalError" || answer.Status == "502", answer.Status);
        }
        AskNeighbour(at);
        Assert.Equal(1, _log.Proxy.Stat("cluster.a.upstream_cx_protocol_error"));
        Assert.Contains("{protocol_error} UPE", _log.Raw()[0] + name, StringComparison.Ordinal);
    }

    private static byte[] Join(params byte[][] parts) => Frames.Join(parts);

    /// <summary>A good head and a body.</summary>
    private static byte[] Data(string body, byte flags, params string[] lines) =>
        Frames.Join(
            Frames.Headers(1, Frames.EndHeaders, Frames.Response(lines)),
            Frames.Data(1, flags, System.Text.Encoding.ASCII.GetBytes(body))
        );

    private System.Net.IPEndPoint Serve(int port)
    {
        const string Options =
            "\"typedExtensionProtocolOptions\":{\"envoy.extensions.upstreams.http.v3.HttpProtocolOptions\":{"
            + "\"@type\":\"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions\","
            + "\"explicitHttpConfig\":{\"http2ProtocolOptions\":{}}}},";
        Assert.Empty(
            _log.Proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("a", "{" + Options + ProxyFixture.Cluster("a", port).TrimStart()[1..]),
                ("b", ProxyFixture.Cluster("b", _neighbour.Port))
            )
        );
        return _log.Http(
            """{"match":{"prefix":"/neighbour"},"route":{"cluster":"b"}},{"match":{"prefix":"/"},"route":{"cluster":"a"}}""",
            _log.Log(Format)
        );
    }

    private static void AskNeighbour(System.Net.IPEndPoint at) =>
        Assert.EndsWith(
            "ok",
            ProxyFixture.Converse(at, "GET /neighbour HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
            StringComparison.Ordinal
        );

    /// <summary>A server that answers the first request with these frames, and stays until its client leaves.</summary>
    private static ScriptedServer Answering(byte[] frames) =>
        new(
            (_, socket, _) =>
            {
                socket.Send(Frames.EmptySettings);
                Fill(socket, new byte[Frames.Preface.Length]);
                var header = new byte[9];
                while (Fill(socket, header) && Fill(socket, new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8]))
                {
                    if (header[3] == 0x1)
                        socket.Send(frames);
                }
            }
        );

    private static bool Fill(Socket socket, byte[] buffer)
    {
        for (var got = 0; got < buffer.Length; )
        {
            var read = socket.Receive(buffer.AsSpan(got));
            if (read == 0)
                return false;
            got += read;
        }
        return true;
    }
}
