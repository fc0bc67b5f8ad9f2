// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Server;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Streams;
using Api = Envoy.Config.Accesslog.V3;

namespace DataPlane.Tests.AccessLogs;

/// <summary>Whose request a log says it was, and how a gRPC call ended; which calls are logged.</summary>
public sealed class CallAndClientLogTests : IDisposable
{
    private const string Edge = "\"useRemoteAddress\":true,";
    private const string Hop = "\"xffNumTrustedHops\":1,";

    private readonly AccessLogFixture _log = new();

    public void Dispose() => _log.Dispose();

    /// <summary>The manager, x-forwarded-for as it came, and the client: CLIENT is the peer.</summary>
    [Theory]
    [InlineData("", "", "CLIENT")]
    [InlineData("", "203.0.113.1", "203.0.113.1:0")]
    [InlineData("", "203.0.113.1, 198.51.100.7", "198.51.100.7:0")]
    [InlineData("", "2001:db8::1", "[2001:db8::1]:0")]
    [InlineData("", "nonsense", "CLIENT")]
    [InlineData(Hop, "203.0.113.1, 198.51.100.7", "203.0.113.1:0")]
    [InlineData(Hop, "203.0.113.1", "CLIENT")] // too few of them
    [InlineData(Edge, "203.0.113.1", "CLIENT")]
    [InlineData(Edge + Hop, "203.0.113.1", "203.0.113.1:0")]
    [InlineData(Edge + Hop, "6.6.6.6, 203.0.113.1", "203.0.113.1:0")]
    [InlineData(Edge + Hop, "", "CLIENT")]
    public void The_client_is_who_is_believed_and_the_peer_who_is_connected(string manager, string list, string client)
    {
        var header = list.Length > 0 ? $"x-forwarded-for: {list}\r\n" : "";
        var at = Serve(manager, "%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS%\\n");
        _log.Converse(at, $"GET / HTTP/1.1\r\nHost: a\r\n{header}connection: close\r\n\r\n");
        Assert.Equal($"{client} CLIENT", Assert.Single(_log.Lines()));
    }

    [Fact]
    public void Addresses_have_their_forms_without_port()
    {
        var at = Serve(
            "",
            "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%\\n"
        );
        _log.Converse(at, "GET / HTTP/1.1\r\nHost: a\r\nx-forwarded-for: 192.0.2.1\r\nconnection: close\r\n\r\n");
        Assert.Equal("192.0.2.1 127.0.0.1", Assert.Single(_log.Raw()));
    }

    /// <summary>Statuses of three calls: in the answer's head, of the proxy itself, and none at all.</summary>
    [Fact]
    public void Calls_are_logged_by_how_they_ended()
    {
        using var upstream = ScriptedServer.Always(
            "HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\ngrpc-status: 5\r\ncontent-length: 0\r\n\r\n"
        );
        _log.Proxy.Clusters(upstream.Port);
        var at = Serve(
            "",
            "%REQ(:PATH)% %GRPC_STATUS% %GRPC_STATUS_NUMBER%\\n",
            "\"grpcStatusFilter\":{\"statuses\":[\"NOT_FOUND\",\"UNIMPLEMENTED\"]}"
        );
        Call(at, "/a.B/found", "application/grpc");
        Call(at, "/none", "application/grpc");
        Call(at, "/none", "text/plain");
        Call(at, "/ok", "text/plain");
        Assert.Equal(["/a.B/found NotFound 5", "/none Unimplemented 12", "/none - -"], _log.Raw());
    }

    /// <summary>Statuses and whether they are excluded; the stream's, HTTP's; whether it is logged.</summary>
    [Theory]
    [InlineData("OK", false, 0, 200, true)]
    [InlineData("OK", true, 0, 200, false)]
    [InlineData("OK", false, 5, 200, false)]
    [InlineData("OK", true, 5, 200, true)]
    [InlineData("INTERNAL", false, 13, 200, true)]
    [InlineData("INTERNAL", false, null, 400, true)]
    [InlineData("UNKNOWN", false, null, 0, true)]
    [InlineData("UNKNOWN", false, 99, 200, false)]
    [InlineData("UNKNOWN", true, 99, 200, true)]
    [InlineData("UNKNOWN", true, -1, 200, true)]
    [InlineData("", false, 0, 200, false)]
    [InlineData("", true, 0, 200, true)]
    public void A_status_filter(string status, bool excludes, int? grpc, int http, bool isLogged)
    {
        var statuses = status.Length > 0 ? $"\"{status}\"" : "";
        var json =
            $"{{\"grpcStatusFilter\":{{\"statuses\":[{statuses}],\"exclude\":{(excludes ? "true" : "false")}}}}}";
        var context = new DecodeContext();
        var filter = AccessLogFilterDecoder.Decode(
            ProxyFixture.Json.Parse<Api.AccessLogFilter>(json),
            "filter",
            context
        );
        Assert.IsType<GrpcStatusFilter>(filter);
        Assert.Equal(isLogged, filter.Matches(new StreamInfo { GrpcStatus = grpc, ResponseCode = http }));
    }

    private IPEndPoint Serve(string manager, string format, string filter = "")
    {
        var log = _log.Log(
            $"\"logFormat\":{{\"textFormatSource\":{{\"inlineString\":\"{format}\"}}}},",
            filter.Length > 0 ? $"\"filter\":{{{filter}}}," : ""
        );
        return _log.Proxy.Http(
            """
            {"match":{"prefix":"/a.B/"},"route":{"cluster":"a"}},
            {"match":{"path":"/ok"},"directResponse":{"status":200}},
            {"match":{"path":"/"},"directResponse":{"status":200}}
            """,
            $"\"accessLog\":[{log}],{manager}"
        );
    }

    private void Call(IPEndPoint at, string path, string type) =>
        _log.Converse(
            at,
            $"POST {path} HTTP/1.1\r\nHost: a\r\ncontent-type: {type}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
}
