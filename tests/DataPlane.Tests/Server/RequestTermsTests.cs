// SPDX-License-Identifier: Apache-2.0
using System.Text;
using DataPlane.Tests.Net;
using Lateen.Http;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Routing;
using static DataPlane.Tests.Server.ProxyFixture;

namespace DataPlane.Tests.Server;

/// <summary>Headers by which requests of the mesh's own set their timeouts and retries (Envoy's router).</summary>
public sealed class RequestTermsTests : IDisposable
{
    private const string Close = "connection: close\r\n\r\n";
    private const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";
    private const string Internal = "\"useRemoteAddress\":true,\"internalAddressConfig\":{},";

    private readonly ProxyFixture _proxy = new();

    public void Dispose() => _proxy.Dispose();

    /// <summary>
    /// The route's timeout and that of its tries, the request's headers, what the router is told of them; and what comes of it: both
    /// timeouts, and the one that the upstream is told. Milliseconds, 0 for none.
    /// </summary>
    public static TheoryData<int, int, string, string, int, int, int> Timeouts =>
        new()
        {
            { 15_000, 0, "", "", 15_000, 0, 15_000 },
            { 0, 0, "", "", 0, 0, 0 },
            { 15_000, 0, "x-envoy-upstream-rq-timeout-ms: 200", "", 200, 0, 200 },
            { 0, 0, "x-envoy-upstream-rq-timeout-ms: 200", "", 200, 0, 200 },
            { 15_000, 0, "x-envoy-upstream-rq-timeout-ms: 0", "", 0, 0, 0 },
            { 15_000, 0, "x-envoy-upstream-rq-timeout-ms: soon", "", 15_000, 0, 15_000 },
            { 15_000, 0, "x-envoy-upstream-rq-timeout-ms: -1", "", 15_000, 0, 15_000 },
            { 15_000, 0, "x-envoy-upstream-rq-timeout-ms: ", "", 15_000, 0, 15_000 },
            { 15_000, 0, "x-envoy-upstream-rq-timeout-ms: 99999999999999999999", "", 15_000, 0, 15_000 },
            { 15_000, 100, "", "", 15_000, 100, 100 },
            { 15_000, 100, "x-envoy-upstream-rq-per-try-timeout-ms: 70", "", 15_000, 70, 70 },
            { 15_000, 0, "x-envoy-upstream-rq-per-try-timeout-ms: 70", "", 15_000, 70, 70 },
            { 15_000, 100, "x-envoy-upstream-rq-per-try-timeout-ms: 0", "", 15_000, 0, 15_000 },
            // A try that may last as long as the whole is none.
            { 15_000, 100, "x-envoy-upstream-rq-timeout-ms: 100", "", 100, 0, 100 },
            { 50, 100, "", "", 50, 0, 50 },
            { 0, 100, "", "", 0, 100, 100 },
            // What a proxy in front announced
            { 15_000, 0, "x-envoy-expected-rq-timeout-ms: 33", "", 15_000, 0, 15_000 },
            { 15_000, 0, "x-envoy-expected-rq-timeout-ms: 33", "respect", 33, 0, 33 },
            {
                15_000,
                0,
                "x-envoy-expected-rq-timeout-ms: 33|x-envoy-upstream-rq-timeout-ms: 44",
                "respect",
                33,
                0,
                33
            },
            { 15_000, 0, "x-envoy-upstream-rq-timeout-ms: 44", "respect", 44, 0, 44 },
            { 15_000, 100, "", "suppress", 15_000, 100, 0 },
        };

    [Theory, MemberData(nameof(Timeouts))]
    public void A_request_sets_its_timeouts(
        int route,
        int perTry,
        string headers,
        string router,
        int timeout,
        int tryTimeout,
        int announced
    )
    {
        var map = Headers(headers);
        var terms = new RequestTerms();
        terms.TakeTimeouts(
            map,
            new RouterSpec
            {
                RespectExpectedRqTimeout = router == "respect",
                SuppressEnvoyHeaders = router == "suppress",
            },
            new ForwardActionSpec { Timeout = TimeSpan.FromMilliseconds(route) },
            new RetryPolicySpec { PerTryTimeout = TimeSpan.FromMilliseconds(perTry) }
        );
        Assert.Equal((timeout, tryTimeout), (terms.Timeout.TotalMilliseconds, terms.PerTryTimeout.TotalMilliseconds));
        map.Remove(KnownHeader.XEnvoyExpectedRqTimeoutMs);
        terms.Announce(TimeSpan.Zero);
        Assert.Equal(announced == 0 ? "" : $"x-envoy-expected-rq-timeout-ms: {announced}", Routing.Requests.Lines(map));
    }

    [Theory]
    [InlineData(1000, 300, 0, 300)]
    [InlineData(1000, 300, 600, 300)]
    [InlineData(1000, 300, 900, 100)]
    [InlineData(1000, 300, 1000, 1)]
    [InlineData(1000, 0, 900, 100)]
    [InlineData(0, 300, 900, 300)]
    public void A_retry_is_told_what_is_left(int timeout, int perTry, int elapsed, int announced)
    {
        var map = new HeaderMap();
        var terms = new RequestTerms();
        terms.TakeTimeouts(
            map,
            RouterSpec.Default,
            new ForwardActionSpec { Timeout = TimeSpan.FromMilliseconds(timeout) },
            new RetryPolicySpec { PerTryTimeout = TimeSpan.FromMilliseconds(perTry) }
        );
        terms.Announce(TimeSpan.FromMilliseconds(elapsed));
        Assert.Equal($"x-envoy-expected-rq-timeout-ms: {announced}", Routing.Requests.Lines(map));
    }

    /// <summary>Headers of a request to a route without a retry policy, what the upstream answers first, and what comes of it.</summary>
    public static TheoryData<string, string, string> Retries =>
        new()
        {
            { "", "503", "503" },
            { "x-envoy-retry-on: 5xx", "503", "200" },
            { "x-envoy-retry-on: 5xx", "418", "418" },
            { "x-envoy-retry-on: gateway-error , retriable-4xx", "409", "200" },
            { "x-envoy-retry-on: gateway-error,unheard-of", "503", "200" },
            { "x-envoy-retry-on: unheard-of", "503", "503" },
            { "x-envoy-retry-on: unavailable", "grpc 14", "grpc 14" },
            { "x-envoy-retry-grpc-on: unavailable", "grpc 14", "200" },
            { "x-envoy-retry-grpc-on: cancelled,internal", "grpc 13", "200" },
            { "x-envoy-retry-grpc-on: 5xx", "503", "503" },
            { "x-envoy-retry-on: 5xx|x-envoy-max-retries: 0", "503", "503" },
            { "x-envoy-retry-on: 5xx|x-envoy-max-retries: 3", "503 503 503", "200" },
            { "x-envoy-retry-on: 5xx|x-envoy-max-retries: 3", "503 503 503 503", "503" },
            { "x-envoy-retry-on: 5xx|x-envoy-max-retries: many", "503", "200" },
            { "x-envoy-max-retries: 3", "503", "503" },
            { "x-envoy-retry-on: retriable-status-codes", "418", "418" },
            { "x-envoy-retry-on: retriable-status-codes|x-envoy-retriable-status-codes: 404, 418", "418", "200" },
            { "x-envoy-retry-on: retriable-status-codes|x-envoy-retriable-status-codes: 404,x", "418", "418" },
            { "x-envoy-retriable-status-codes: 418", "418", "418" },
            { "x-envoy-retry-on: retriable-headers|x-envoy-retriable-header-names: x-other, X-Again", "again", "200" },
            { "x-envoy-retry-on: retriable-headers|x-envoy-retriable-header-names: x-other", "again", "202" },
            { "x-envoy-retry-on: retriable-headers", "again", "202" },
        };

    [Theory, MemberData(nameof(Retries))]
    public void A_request_asks_for_retries(string headers, string first, string expected)
    {
        using var upstream = Failing(first.StartsWith("grpc", StringComparison.Ordinal) ? [first] : first.Split(' '));
        _proxy.Clusters(upstream.Port);
        Assert.Equal(expected, Ask(_proxy.Http(ToA, Internal), headers));
    }

    [Fact]
    public void The_requests_wishes_come_on_top_of_the_routes()
    {
        const string Route =
            """{"match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryOn":"retriable-4xx","numRetries":1,"retryBackOff":{"baseInterval":"0.001s"}}}}""";
        using var upstream = Failing("409", "503");
        _proxy.Clusters(upstream.Port);
        Assert.Equal("200", Ask(_proxy.Http(Route, Internal), "x-envoy-retry-on: 5xx|x-envoy-max-retries: 2"));
    }

    [Fact]
    public void A_request_of_a_stranger_asks_in_vain()
    {
        using var upstream = Failing("503");
        _proxy.Clusters(upstream.Port);
        Assert.Equal("503", Ask(_proxy.Http(ToA), "x-envoy-retry-on: 5xx"));
    }

    [Fact]
    public void A_requests_timeout_is_504()
    {
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                server.ReadHead(socket);
                server.ReadHead(socket);
            }
        );
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0s"}}""", Internal);
        Assert.Equal("504", Ask(at, "x-envoy-upstream-rq-timeout-ms: 30"));
        Assert.Equal(
            "504",
            Ask(at, "x-envoy-retry-on: 5xx|x-envoy-max-retries: 1|x-envoy-upstream-rq-per-try-timeout-ms: 20")
        );
        Assert.Equal(2, _proxy.Stat("cluster.a.upstream_rq_per_try_timeout"));
        Assert.Equal(1, _proxy.Stat("cluster.a.upstream_rq_retry"));
    }

    [Fact]
    public void The_upstream_sees_none_of_it()
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var answer = Converse(
            _proxy.Http(ToA, Internal),
            "GET / HTTP/1.1\r\nHost: a\r\nx-envoy-retry-on: 5xx\r\nx-envoy-retry-grpc-on: internal\r\nx-envoy-max-retries: 9\r\n"
                + "x-envoy-retriable-status-codes: 418\r\nx-envoy-retriable-header-names: a\r\nx-envoy-upstream-rq-timeout-ms: 400\r\n"
                + $"x-envoy-upstream-rq-per-try-timeout-ms: 300\r\n{Close}"
        );
        var seen = answer.Split("\r\n").Where(static line => line.StartsWith("x-envoy", StringComparison.Ordinal));
        Assert.Equal(
            ["x-envoy-internal: true", "x-envoy-expected-rq-timeout-ms: 300", "x-envoy-attempt-count: 1"],
            seen.Where(static line => !line.StartsWith("x-envoy-upstream-service-time", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("x-envoy-max-retries", "three")]
    [InlineData("x-envoy-upstream-rq-timeout-ms", "1s")]
    [InlineData("x-envoy-upstream-rq-per-try-timeout-ms", "")]
    [InlineData("x-envoy-retry-on", "5xx,unheard-of")]
    [InlineData("x-envoy-retry-grpc-on", "5xx")]
    public void A_header_that_is_checked_strictly_must_make_sense(string name, string value)
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var request = $"GET / HTTP/1.1\r\nHost: a\r\n{name}: {value}\r\n{Close}";
        var at = _proxy.Http(ToA, Internal, router: $",\"strictCheckHeaders\":[\"{name}\"]");
        var answer = Converse(at, request);
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\ninvalid header '{name}' with value '{value}'", answer, StringComparison.Ordinal);
        Assert.Equal(0, upstream.Connections);
        // Another one is no concern of the check.
        Assert.StartsWith(
            "HTTP/1.1 200 ",
            Converse(at, $"GET / HTTP/1.1\r\nHost: a\r\nx-envoy-other: ?\r\n{Close}"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_routers_headers_may_be_suppressed()
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(
            """{"match":{"prefix":"/a"},"route":{"cluster":"a","prefixRewrite":"/b"}},{"match":{"prefix":"/"},"route":{"cluster":"a"}}""",
            router: ",\"suppressEnvoyHeaders\":true"
        );
        var answer = Converse(at, $"GET /a HTTP/1.1\r\nHost: a\r\n{Close}");
        Assert.DoesNotContain("x-envoy-upstream-service-time", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("x-envoy-expected-rq-timeout-ms", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("x-envoy-original-path", answer, StringComparison.Ordinal);
        Assert.Contains("x-envoy-attempt-count: 1", answer, StringComparison.Ordinal); // the virtual host's
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var request = new RequestHead();
        var map = request.Headers;
        var terms = new RequestTerms();
        var action = new ForwardActionSpec();
        Once();
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                for (var i = 0; i < 1000; i++)
                    Once();
            })
        );

        void Once()
        {
            map.Clear();
            map.Add(KnownHeader.XEnvoyRetryOn, "5xx,retriable-headers,retriable-status-codes"u8);
            map.Add(KnownHeader.XEnvoyMaxRetries, "3"u8);
            map.Add(KnownHeader.XEnvoyUpstreamRqTimeoutMs, "300"u8);
            map.Add(KnownHeader.XEnvoyRetriableHeaderNames, "a,b"u8);
            map.Add(KnownHeader.XEnvoyRetriableStatusCodes, "404,418"u8);
            terms.TakeTimeouts(map, RouterSpec.Default, action, null);
            terms.TakeRetries(null, request);
            terms.Announce(TimeSpan.Zero);
            terms.NamesStatus(418);
            terms.NamesHeaderOf(map);
        }
    }

    private static HeaderMap Headers(string lines)
    {
        var map = new HeaderMap();
        foreach (var line in lines.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(": ", 2);
            map.Add(Encoding.ASCII.GetBytes(parts[0]), Encoding.ASCII.GetBytes(parts[1]));
        }
        return map;
    }

    private static string Ask(System.Net.IPEndPoint at, string headers)
    {
        var lines = headers.Length == 0 ? "" : headers.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n";
        var answer = Converse(at, $"GET / HTTP/1.1\r\nHost: a\r\n{lines}{Close}");
        return answer.Contains("grpc-status: ", StringComparison.Ordinal)
            ? "grpc " + answer.Split("grpc-status: ")[1].Split('\r')[0]
            : answer.Split(' ')[1];
    }

    /// <summary>Answers with these, one after the other, and then with 200.</summary>
    private static ScriptedServer Failing(params string[] outcomes)
    {
        var number = 0;
        return new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                {
                    var at = Interlocked.Increment(ref number) - 1;
                    var outcome = at < outcomes.Length ? outcomes[at] : "200";
                    ScriptedServer.Send(
                        socket,
                        outcome switch
                        {
                            "again" => "HTTP/1.1 202 Later\r\nx-again: yes\r\ncontent-length: 0\r\n\r\n",
                            _ when outcome.StartsWith("grpc ", StringComparison.Ordinal) =>
                                $"HTTP/1.1 200 OK\r\ngrpc-status: {outcome[5..]}\r\ncontent-length: 0\r\n\r\n",
                            _ => $"HTTP/1.1 {outcome} X\r\ncontent-length: 0\r\n\r\n",
                        }
                    );
                }
            }
        );
    }
}
