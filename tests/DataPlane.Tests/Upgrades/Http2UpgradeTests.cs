// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;
using static DataPlane.Tests.Upgrades.Chain;

namespace DataPlane.Tests.Upgrades;

/// <summary>HTTP/1.1 that goes on as HTTP/2 by <c>Upgrade: h2c</c> (RFC 7540 §3.2): by hand, with curl and with nghttp.</summary>
public sealed class Http2UpgradeTests : IDisposable
{
    private const string Plain = "GET /first HTTP/1.1\r\nHost: a\r\n";
    private const string H2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n";

    private readonly ProxyFixture _proxy = new();
    private readonly ScriptedServer _upstream = ScriptedServer.Echo();

    public Http2UpgradeTests() => _proxy.Clusters(_upstream.Port);

    public void Dispose()
    {
        _proxy.Dispose();
        _upstream.Dispose();
    }

    [Fact]
    public void The_request_that_asks_is_the_first_stream()
    {
        using var socket = Connect(_proxy.Http(ToA));
        var head = Ask(socket, $"{Plain}X-Mine: 1\r\n{H2c}HTTP2-Settings: {Settings()}\r\n\r\n");
        Assert.Equal("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n", head);
        using var client = new RawHttp2Client(socket);
        client.Send(Frames.Preface, Frames.EmptySettings);
        var answer = client.Read(1);
        Assert.Equal("200", answer.Status);
        Assert.StartsWith("GET /first HTTP/1.1\r\nhost: a\r\nx-mine: 1\r\n", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("upgrade", answer.Body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http2-settings", answer.Body, StringComparison.OrdinalIgnoreCase);
        client.Send(Frames.Get(3));
        Assert.Equal("200", client.Read(3).Status);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_cx_total"));
        Assert.Equal(2, _proxy.Stat("http.test.downstream_rq_total"));
        client.Dispose();
        Eventually.True(
            () =>
                _proxy.Stat("http.test.downstream_cx_active") == 0
                && _proxy.Stat("http.test.downstream_rq_active") == 0,
            "nothing is left"
        );
    }

    [Fact]
    public void A_client_may_send_everything_at_once()
    {
        using var socket = Connect(_proxy.Http(ToA));
        var request = Encoding.ASCII.GetBytes($"{Plain}{H2c}HTTP2-Settings: {Settings()}\r\n\r\n");
        socket.Send(Frames.Join(request, Frames.Preface, Frames.EmptySettings, Frames.Get(3)));
        ScriptedServer.ReadUntil(socket, "\r\n\r\n");
        using var client = new RawHttp2Client(socket);
        Assert.Equal("200", client.Read(1).Status);
        Assert.Equal("200", client.Read(3).Status);
    }

    [Fact]
    public void The_settings_hold_for_the_first_answer()
    {
        using var socket = Connect(_proxy.Http(ToA));
        // A window of nothing: the body has to wait.
        Ask(socket, $"{Plain}{H2c}HTTP2-Settings: {Settings((4, 0))}\r\n\r\n");
        using var client = new RawHttp2Client(socket);
        client.Send(Frames.Preface, Frames.Settings((4, 0)), Frames.Ping());
        Assert.Equal("", client.ReadHead(1).Body);
        client.Send(Frames.WindowUpdate(1, 4));
        Assert.Equal("GET ", client.ReadUntil(1, static answer => answer.Body.Length == 4).Body);
        client.Send(Frames.WindowUpdate(1, 60_000));
        Assert.True(client.Read(1).IsComplete);
    }

    [Fact]
    public void A_later_request_may_ask_too()
    {
        using var socket = Connect(_proxy.Http(ToA));
        var first = Ask(socket, $"GET /plain HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", first, StringComparison.Ordinal);
        ScriptedServer.ReadUntil(socket, "\r\n\r\n");
        Assert.StartsWith(
            "HTTP/1.1 101 ",
            Ask(socket, $"{Plain}{H2c}HTTP2-Settings: {Settings()}\r\n\r\n"),
            StringComparison.Ordinal
        );
        using var client = new RawHttp2Client(socket);
        client.Send(Frames.Preface, Frames.EmptySettings);
        Assert.Equal("200", client.Read(1).Status);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_cx_total"));
        Assert.Equal(2, _proxy.Stat("http.test.downstream_rq_total"));
    }

    /// <summary>Requests whose wish is passed over, and which are served as HTTP/1.1, without a trace of it.</summary>
    [Theory]
    [InlineData(H2c, "")]
    [InlineData(H2c, "HTTP2-Settings: AAMAAABkAAQAAP__\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c\r\n", "HTTP2-Settings: AAMAAABkAAQAAP__\r\n")]
    [InlineData("Connection: HTTP2-Settings\r\nUpgrade: h2c\r\n", "HTTP2-Settings: AAMAAABkAAQAAP__\r\n")]
    [InlineData("Upgrade: h2c\r\n", "HTTP2-Settings: AAMAAABkAAQAAP__\r\n")]
    [InlineData(H2c, "HTTP2-Settings: not=base64!\r\n")]
    [InlineData(H2c, "HTTP2-Settings: AAMAAABkAAQAAP\r\n")]
    [InlineData(H2c, "HTTP2-Settings: AAT_____\r\n")]
    [InlineData(H2c, "HTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 5\r\n")]
    public void Nobody_has_to_follow_it(string lines, string settings)
    {
        var body = settings.Contains("Content-Length", StringComparison.Ordinal) ? "hello" : "";
        var answer = ProxyFixture.Converse(
            _proxy.Http(ToA),
            $"POST / HTTP/1.1\r\nHost: a\r\n{lines.Replace("Connection: ", "Connection: close, ", StringComparison.Ordinal)}{(lines.Contains("Connection", StringComparison.Ordinal) ? "" : "Connection: close\r\n")}{settings}\r\n{body}"
        );
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("upgrade", answer, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http2-settings", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_listener_of_HTTP1_stays_with_it()
    {
        var answer = ProxyFixture.Converse(
            _proxy.Http(ToA, "\"codecType\":\"HTTP1\","),
            $"{Plain}Connection: close\r\n{H2c}HTTP2-Settings: {Settings()}\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_upgrades()
    {
        var at = _proxy.Http(ToA);
        var (code, output) = await Tool.Run(
            "curl",
            $"-sS --max-time 10 --http2 -w %{{http_version}}:%{{num_connects}}; http://{at}/one http://{at}/two"
        );
        Assert.Equal(0, code);
        Assert.Equal(2, output.Split(["2:1;", "2:0;"], StringSplitOptions.None).Length - 1);
        Assert.Contains("GET /one HTTP/1.1", output, StringComparison.Ordinal);
        Assert.Contains("GET /two HTTP/1.1", output, StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_cx_total"));
        Assert.Equal(2, _proxy.Stat("http.test.downstream_rq_2xx"));
    }

    [Fact]
    public async Task Nghttp_upgrades()
    {
        var at = _proxy.Http(ToA);
        var (code, output) = await Tool.Run("nghttp", $"-u -v -t 10 -m 3 http://{at}/three");
        Assert.Equal(0, code);
        Assert.Contains("HTTP Upgrade success", output, StringComparison.Ordinal);
        Assert.Contains("GET /three HTTP/1.1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("GOAWAY frame with error", output, StringComparison.Ordinal);
        Assert.Equal(3, _proxy.Stat("http.test.downstream_rq_2xx"));
    }

    /// <summary>Value of HTTP2-Settings.</summary>
    private static string Settings(params (ushort Id, uint Value)[] settings) =>
        Base64Url.EncodeToString(Frames.Settings([(3, 100), .. settings]).AsSpan(9));
}
