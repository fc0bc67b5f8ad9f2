// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Lateen.Proxy.Overload;
using Lateen.Xds;
using Listener = Envoy.Config.Listener.V3.Listener;

namespace DataPlane.Tests.Overload;

/// <summary>
/// Clients that take their time: each clock with its default, its number, what the client is told and what the log says. The
/// proxy's clock moves when the test says so.
/// </summary>
public sealed class TimeoutTests : IDisposable
{
    private const string Off = "\"streamIdleTimeout\":\"0s\",";
    private const string Unlimited = """{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0s"}}""";
    private const string Preface = "http.l.";

    private readonly ProxyFixture _proxy = new(time: new ManualTime());
    private readonly string _log = Path.GetTempFileName();
    private readonly SemaphoreSlim _heard = new(0);
    private readonly ScriptedServer _silent;
    private bool _isStopped;

    public TimeoutTests() =>
        _silent = new ScriptedServer(
            (server, socket, _) =>
            {
                if (server.ReadHead(socket) is not null)
                    _heard.Release();
                var buffer = new byte[64 * 1024];
                while (socket.Receive(buffer) > 0) { }
            }
        );

    public void Dispose()
    {
        Stop();
        _silent.Dispose();
        File.Delete(_log);
    }

    [Theory]
    [InlineData(
        "\"requestHeadersTimeout\":\"10s\",",
        10,
        "request header timeout",
        "downstream_rq_header_timeout",
        "- request_header_timeout"
    )]
    [InlineData(
        "\"requestTimeout\":\"20s\",",
        20,
        "request timeout",
        "downstream_rq_timeout",
        "- request_overall_timeout"
    )]
    [InlineData(
        "\"commonHttpProtocolOptions\":{\"maxStreamDuration\":\"30s\"},",
        30,
        "downstream duration timeout",
        "downstream_rq_max_duration_reached",
        "DT max_duration_timeout"
    )]
    [InlineData("", 300, "stream timeout", "downstream_rq_idle_timeout", "SI stream_idle_timeout")]
    public void A_head_that_does_not_end(string manager, int seconds, string text, string stat, string logged)
    {
        Serve(Listeners.Ahoy, manager + (manager.Length > 0 ? Off : ""));
        using var client = new Client(_proxy.Address("l"));
        client.Send("GET / HTTP/1.1\r\nHos");
        WaitForRequest();
        _proxy.Advance(TimeSpan.FromSeconds(seconds - 1));
        client.Send("t: a\r\nx");
        _proxy.Advance(TimeSpan.Zero);
        Assert.Equal(0, Stat(stat));
        _proxy.Advance(TimeSpan.FromSeconds(seconds));
        var answer = client.ReadAnswer();
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nconnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + text, answer, StringComparison.Ordinal);
        Assert.Equal(1, Stat(stat));
        AssertLogged($"408 {logged}");
    }

    [Theory]
    [InlineData(
        "\"requestTimeout\":\"20s\",",
        20,
        "request timeout",
        "downstream_rq_timeout",
        "- request_overall_timeout"
    )]
    [InlineData(
        "\"commonHttpProtocolOptions\":{\"maxStreamDuration\":\"30s\"},",
        30,
        "downstream duration timeout",
        "downstream_rq_max_duration_reached",
        "DT max_duration_timeout"
    )]
    public void A_body_that_does_not_end(string manager, int seconds, string text, string stat, string logged)
    {
        Serve(Listeners.ToA, manager);
        using var client = new Client(_proxy.Address("l"));
        client.Send("POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 1000\r\n\r\n");
        WaitForUpstream();
        for (var second = 0; second < seconds - 1; second++)
        {
            client.Send("x");
            _proxy.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(0, Stat(stat));
        _proxy.Advance(TimeSpan.FromSeconds(1));
        var answer = client.ReadAnswer();
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.EndsWith(text, answer, StringComparison.Ordinal);
        Assert.Equal(1, Stat(stat));
        AssertLogged($"408 {logged}");
    }

    [Theory]
    [InlineData(false, "408")]
    [InlineData(true, "504")]
    public void Nothing_moves_for_five_minutes(bool isComplete, string status)
    {
        Serve(Unlimited);
        using var client = new Client(_proxy.Address("l"));
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\ncontent-length: {(isComplete ? 0 : 5)}\r\n\r\n");
        WaitForUpstream();
        _proxy.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(0, Stat("downstream_rq_idle_timeout"));
        _proxy.Advance(TimeSpan.FromMinutes(1));
        var answer = client.ReadAnswer();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.EndsWith("stream timeout", answer, StringComparison.Ordinal);
        Assert.Equal(1, Stat("downstream_rq_idle_timeout"));
        AssertLogged($"{status} SI stream_idle_timeout");
    }

    [Fact]
    public void A_routes_duration_replaces_the_managers()
    {
        Serve(
            """{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0s","maxStreamDuration":{"maxStreamDuration":"0s"}}}""",
            Off + "\"commonHttpProtocolOptions\":{\"maxStreamDuration\":\"30s\"},"
        );
        using var client = new Client(_proxy.Address("l"));
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        WaitForUpstream();
        _proxy.Advance(TimeSpan.FromHours(3));
        Assert.Equal(1, Stat("downstream_rq_active"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_response_that_nobody_reads_is_given_up(bool isHttp2)
    {
        using var upstream = new ScriptedServer(
            static (server, socket, _) =>
            {
                server.ReadHead(socket);
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n");
                var piece = new byte[64 * 1024];
                while (socket.Send(piece) > 0) { }
            }
        );
        Serve(Unlimited, upstream: upstream.Port);
        using var client = isHttp2 ? null : new Client(_proxy.Address("l"));
        using var http2 = isHttp2 ? new Http2Client(_proxy.Address("l")) : null;
        client?.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        http2?.Get(1);
        client?.Socket.Receive(new byte[100]);
        http2?.WaitFor("HEADERS 1");
        // Five minutes after the kernel's buffers were full, whenever that is.
        Eventually.True(
            () =>
            {
                _proxy.Advance(TimeSpan.FromMinutes(5));
                return Stat("downstream_rq_active") == 0;
            },
            "the request is over"
        );
        Assert.Equal(1, Stat("downstream_rq_idle_timeout"));
        Eventually.True(() => _proxy.Stat("cluster.a.upstream_cx_active") == 0, "the upstream's connection is closed");
        AssertLogged("200 SI stream_idle_timeout");
    }

    [Fact]
    public void A_connection_without_a_request_ends_after_an_hour()
    {
        Serve(Listeners.Ahoy);
        using var fresh = new Client(_proxy.Address("l"));
        using var used = new Client(_proxy.Address("l"));
        Assert.EndsWith("ahoy", used.Ask(), StringComparison.Ordinal);
        using var http2 = new Http2Client(_proxy.Address("l"));
        http2.Get(1);
        http2.WaitFor("DATA 1 4 END");
        Eventually.True(() => Stat("downstream_cx_active") == 3, "all are connected");
        _proxy.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, Stat("downstream_cx_idle_timeout"));
        _proxy.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, Stat("downstream_cx_idle_timeout"));
        Assert.True(fresh.WaitForEnd());
        Assert.True(used.WaitForEnd());
        http2.WaitFor("GOAWAY 2147483647 NoError");
        http2.Send(Frames.Frame(0x6, Frames.Ack, 0, [.. "drain..."u8]), Frames.Ping());
        http2.WaitFor("PING ACK");
        _proxy.Advance(TimeSpan.FromSeconds(1));
        http2.WaitFor("GOAWAY 1 NoError");
        http2.Socket.Shutdown(SocketShutdown.Send);
        Assert.Empty(http2.WaitForEnd());
    }

    [Fact]
    public void Idle_connections_have_less_time_under_pressure()
    {
        var monitor = new FakeMonitor();
        using var proxy = new ProxyFixture(
            overload: monitor.Manage((OverloadAction.ReduceTimeouts, 0.85, 0.95)),
            time: new ManualTime()
        );
        Assert.Empty(proxy.Apply<Listener>(TypeUrls.Listener, Listeners.Http("l")));
        using var client = new Client(proxy.Address("l"));
        using var http2 = new Http2Client(proxy.Address("l"));
        Assert.EndsWith("ahoy", client.Ask(), StringComparison.Ordinal);
        http2.Get(1);
        http2.WaitFor("DATA 1 4 END");
        proxy.Advance(TimeSpan.FromSeconds(1));
        monitor.Pressure = 1;
        proxy.Overload.Refresh();
        proxy.Advance(TimeSpan.Zero);
        Assert.Equal(0, proxy.Stat("http.l.downstream_cx_idle_timeout"));
        proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, proxy.Stat("http.l.downstream_cx_idle_timeout"));
        Assert.True(client.WaitForEnd());
        http2.WaitFor("GOAWAY 2147483647 NoError");
    }

    [Fact]
    public void An_old_connection_ends_with_its_next_response_or_when_none_comes()
    {
        Serve(Listeners.Ahoy, "\"commonHttpProtocolOptions\":{\"maxConnectionDuration\":\"60s\"},");
        using var busy = new Client(_proxy.Address("l"));
        using var idle = new Client(_proxy.Address("l"));
        using var http2 = new Http2Client(_proxy.Address("l"));
        Assert.DoesNotContain("connection: close", busy.Ask(), StringComparison.Ordinal);
        idle.Ask();
        http2.Get(1);
        http2.WaitFor("DATA 1 4 END");
        _proxy.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(3, Stat("downstream_cx_max_duration_reached"));
        Assert.Contains("\r\nconnection: close\r\n", busy.Ask(), StringComparison.Ordinal);
        http2.WaitFor("GOAWAY 2147483647 NoError");
        http2.WaitFor("PING 647261696E2E2E2E");
        // What was under way when the client learned of it is served, though the answer to the PING comes behind it.
        http2.Get(3);
        http2.WaitFor("DATA 3 4 END");
        _proxy.Advance(TimeSpan.FromSeconds(5));
        http2.WaitFor("GOAWAY 3 NoError");
        Assert.True(idle.WaitForEnd());
        Assert.Equal(0, Stat("downstream_cx_idle_timeout"));
    }

    [Fact]
    public void A_connection_serves_so_many_requests_and_no_more()
    {
        Serve(Listeners.Ahoy, "\"commonHttpProtocolOptions\":{\"maxRequestsPerConnection\":2},");
        using var client = new Client(_proxy.Address("l"));
        Assert.DoesNotContain("connection: close", client.Ask(), StringComparison.Ordinal);
        Assert.Contains("\r\nconnection: close\r\n", client.Ask(), StringComparison.Ordinal);
        Assert.True(client.WaitForEnd());
        using var http2 = new Http2Client(_proxy.Address("l"));
        http2.Get(1);
        http2.WaitFor("DATA 1 4 END");
        http2.Get(3);
        http2.WaitFor("GOAWAY 2147483647 NoError");
        http2.WaitFor("DATA 3 4 END");
        Assert.Equal(2, Stat("downstream_cx_max_requests_reached"));
    }

    [Fact]
    public void A_client_that_does_not_close_its_side_is_closed_after_a_second()
    {
        Serve(Listeners.Ahoy);
        using var client = new Client(_proxy.Address("l"));
        Assert.Contains(
            "\r\nconnection: close\r\n",
            client.Ask("GET / HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n"),
            StringComparison.Ordinal
        );
        Assert.True(client.WaitForEnd());
        Assert.Equal(1, Stat("downstream_cx_active"));
        _proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Stat("downstream_cx_active"));
        Assert.Equal(1, Stat("downstream_cx_delayed_close_timeout"));
    }

    [Theory]
    [InlineData("\"requestHeadersTimeout\":\"10s\",", 10)]
    [InlineData("", 300)]
    public void A_block_of_http2_that_does_not_end(string manager, int seconds)
    {
        Serve(Listeners.Ahoy, manager);
        // In one piece with the SETTINGS, so that their acknowledgement says that it was read.
        using var client = new Http2Client(
            _proxy.Address("l"),
            [.. Frames.EmptySettings, .. Frames.Headers(1, Frames.EndStream, Frames.Request())]
        );
        client.WaitFor("SETTINGS ACK");
        _proxy.Advance(TimeSpan.FromSeconds(seconds - 1));
        client.Send(Frames.Continuation(1, 0, Frames.Block("a: b")));
        _proxy.Advance(TimeSpan.Zero);
        Assert.Equal(0, Stat("downstream_rq_header_timeout"));
        _proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("GOAWAY 0 EnhanceYourCalm", client.WaitForEnd()[^1]);
        Assert.Equal(1, Stat("downstream_rq_header_timeout"));
    }

    [Fact]
    public void A_body_of_http2_that_does_not_end()
    {
        Serve(Listeners.ToA, "\"requestTimeout\":\"20s\",");
        using var client = new Http2Client(_proxy.Address("l"));
        client.Post(1);
        WaitForUpstream();
        _proxy.Advance(TimeSpan.FromSeconds(20));
        client.WaitFor("HEADERS 1");
        client.WaitFor("DATA 1 15 END");
        client.WaitFor("RST_STREAM 1 NoError");
        Assert.Equal(1, Stat("downstream_rq_timeout"));
        AssertLogged("408 - request_overall_timeout");
    }

    [Fact]
    public void A_handshake_that_does_not_come()
    {
        using var authority = new TestAuthority();
        var certificate = TlsJson.Certificate(authority.Issue(CertificateOrder.ForDns("localhost")));
        var chain = TlsJson.TcpChain("c", "a", socket: TlsJson.Downstream($"\"tlsCertificates\":[{certificate}]"));
        chain = "{\"transportSocketConnectTimeout\":\"3s\"," + chain.TrimStart()[1..];
        _proxy.Clusters(_silent.Port);
        Assert.Empty(_proxy.Apply<Listener>(TypeUrls.Listener, ("t", TlsJson.Listener(chain))));
        using var client = new Client(_proxy.Address("t"));
        Eventually.True(() => _proxy.Overload.State.ActiveDownstreamConnections == 1, "it is accepted");
        _proxy.Advance(TimeSpan.FromSeconds(2));
        client.Send("\x16\x03\x01");
        _proxy.Advance(TimeSpan.Zero);
        const string Count = "listener.127.0.0.1_0.downstream_cx_transport_socket_connect_timeout";
        Assert.Equal(0, _proxy.Stat(Count));
        _proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _proxy.Stat(Count));
        Assert.True(client.WaitForEnd());
    }

    private long Stat(string name) => _proxy.Stat(Preface + name);

    private void WaitForRequest() => Eventually.True(() => Stat("downstream_rq_active") == 1, "the request has begun");

    /// <summary>The upstream has the request's head, so that no connect timeout runs any more.</summary>
    private void WaitForUpstream() =>
        Assert.True(_heard.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));

    private void Serve(string routes, string manager = "", int? upstream = null)
    {
        _proxy.Clusters(upstream ?? _silent.Port);
        var log = $$"""
            "accessLog":[{"name":"f","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
             "path":"{{_log}}","logFormat":{"textFormatSource":{"inlineString":"%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%\n"} } } }],
            """;
        Assert.Empty(_proxy.Apply<Listener>(TypeUrls.Listener, Listeners.Http("l", routes, log + manager)));
    }

    private void AssertLogged(string line)
    {
        Stop();
        Assert.Contains(line, File.ReadAllLines(_log));
    }

    private void Stop()
    {
        if (!_isStopped)
            _proxy.Dispose();
        _isStopped = true;
    }
}
