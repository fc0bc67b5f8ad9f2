// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.Server;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.AccessLogs;

/// <summary>Istio's default line for each way a request can end; D stands for a duration in milliseconds.</summary>
public sealed class AccessLogLineTests : IDisposable
{
    private const string ToA = """{"name":"all","match":{"prefix":"/"},"route":{"cluster":"a"}}""";
    private const string Close = "x-request-id: id-1\r\nuser-agent: test/1\r\nconnection: close\r\n\r\n";

    private readonly AccessLogFixture _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_request_that_went_well()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 201 Created\r\ncontent-length: 4\r\n\r\nahoy");
        Upstream(upstream.Port);
        _log.Converse(
            _log.Http(ToA),
            $"POST /x?y=1 HTTP/1.1\r\nHost: shop\r\nx-forwarded-for: 192.0.2.1\r\ncontent-length: 3\r\n{Close}abc"
        );
        AssertLine(
            "[TIME] \"POST /x?y=1 HTTP/1.1\" 201 - via_upstream - \"-\" 3 4 D D \"192.0.2.1\" \"test/1\" \"id-1\" \"shop\" "
                + "\"UPSTREAM\" a LOCAL LISTENER 192.0.2.1:0 - all"
        );
    }

    [Fact]
    public void A_rewritten_path_is_logged_as_it_came()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        Upstream(upstream.Port);
        _log.Converse(
            _log.Http("""{"match":{"prefix":"/a"},"route":{"cluster":"a","prefixRewrite":"/x"}}"""),
            $"GET /a/b HTTP/1.1\r\nHost: shop\r\n{Close}"
        );
        Assert.Contains("\"GET /a/b HTTP/1.1\" 200 ", Assert.Single(_log.Lines()));
    }

    [Fact]
    public void No_route()
    {
        Upstream();
        _log.Converse(
            _log.Http("""{"match":{"path":"/only"},"route":{"cluster":"a"}}"""),
            $"GET / HTTP/1.1\r\nHost: shop\r\n{Close}"
        );
        AssertLine(
            "[TIME] \"GET / HTTP/1.1\" 404 NR route_not_found - \"-\" 0 0 D - \"-\" \"test/1\" \"id-1\" \"shop\" "
                + "\"-\" - - LISTENER CLIENT - -"
        );
    }

    [Fact]
    public void A_connection_refused()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Upstream(((IPEndPoint)taken.LocalEndPoint!).Port);
        _log.Converse(_log.Http(ToA), $"GET / HTTP/1.1\r\nHost: shop\r\n{Close}");
        AssertLine(
            "[TIME] \"GET / HTTP/1.1\" 503 UF upstream_reset_before_response_started{remote_connection_failure} - \"-\" 0 98 D - "
                + "\"-\" \"test/1\" \"id-1\" \"shop\" \"UPSTREAM\" a - LISTENER CLIENT - all"
        );
    }

    [Fact]
    public void No_endpoint()
    {
        Assert.Empty(_log.Proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("a", """{"name":"a","type":"STATIC"}""")));
        _log.Converse(_log.Http(ToA), $"GET / HTTP/1.1\r\nHost: shop\r\n{Close}");
        AssertLine(
            "[TIME] \"GET / HTTP/1.1\" 503 UH no_healthy_upstream - \"-\" 0 19 D - \"-\" \"test/1\" \"id-1\" \"shop\" "
                + "\"-\" a - LISTENER CLIENT - all"
        );
    }

    [Fact]
    public void A_route_timeout()
    {
        using var silent = new ScriptedServer(
            static (server, socket, _) =>
            {
                server.ReadHead(socket);
                server.ReadHead(socket);
            }
        );
        Upstream(silent.Port);
        _log.Converse(
            _log.Http("""{"name":"all","match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0.05s"}}"""),
            $"GET / HTTP/1.1\r\nHost: shop\r\n{Close}"
        );
        AssertLine(
            "[TIME] \"GET / HTTP/1.1\" 504 UT response_timeout - \"-\" 0 24 D - \"-\" \"test/1\" \"id-1\" \"shop\" "
                + "\"UPSTREAM\" a LOCAL LISTENER CLIENT - all"
        );
    }

    [Fact]
    public void A_tcp_connection()
    {
        using var upstream = new ScriptedServer(
            static (_, socket, _) => ScriptedServer.Send(socket, $"heard {ProxyFixture.ReadToEnd(socket)}")
        );
        Upstream(upstream.Port);
        Assert.Equal("heard ahoy", _log.Converse(_log.Tcp(), "ahoy"));
        AssertLine(
            "[TIME] \"- - -\" 0 - - - \"-\" 4 10 D - \"-\" \"-\" \"-\" \"-\" \"UPSTREAM\" a LOCAL LISTENER CLIENT - -"
        );
    }

    [Fact]
    public void A_filter_lets_through_what_it_names()
    {
        Upstream();
        var onlyErrors = _log.Log(
            filter: """
            "filter":{"orFilter":{"filters":[{"responseFlagFilter":{"flags":["UH"]}},
              {"statusCodeFilter":{"comparison":{"op":"GE","value":{"defaultValue":500}}}}]}},
            """
        );
        var at = _log.Http(
            """
            {"match":{"path":"/ok"},"directResponse":{"status":200}},{"match":{"path":"/bad"},"directResponse":{"status":500}}
            """,
            onlyErrors
        );
        _log.Converse(
            at,
            $"GET /ok HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\nGET /bad HTTP/1.1\r\nHost: a\r\n{Close}"
        );
        Assert.Contains("\"GET /bad HTTP/1.1\" 500 ", Assert.Single(_log.Lines()));
    }

    [Fact]
    public void Json_lines_have_numbers_texts_and_nulls()
    {
        Upstream();
        var log = _log.Log(
            """
            "logFormat":{"jsonFormat":{"response_code":"%RESPONSE_CODE%","path":"%REQ(:PATH)%","flags":"%RESPONSE_FLAGS%",
              "upstream_host":"%UPSTREAM_HOST%","start":"%START_TIME(%Y)%","both":"%REQ(:METHOD)% %UPSTREAM_HOST%"}},
            """
        );
        _log.Converse(
            _log.Http("""{"match":{"prefix":"/"},"directResponse":{"status":200}}""", log),
            $"GET /a\"b\\c HTTP/1.1\r\nHost: a\r\n{Close}"
        );
        Assert.Equal(
            $$"""{"both":"GET -","flags":"-","path":"/a\"b\\c","response_code":200,"start":"{{TimeProvider.System.GetUtcNow().Year}}","upstream_host":null}""",
            Assert.Single(_log.Raw())
        );
    }

    private void Upstream(int port = 9)
    {
        _log.Name(port, "UPSTREAM");
        _log.Proxy.Clusters(port);
    }

    private void AssertLine(string expected) => Assert.Equal(expected, Assert.Single(_log.Lines()));
}
