// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Lateen.Http;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Routing;
using Lateen.Xds;
using static DataPlane.Tests.Server.ProxyFixture;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Server;

/// <summary>Envoy's retry policy beyond statuses: headers, pauses that are asked for, idle tries, and where retries go.</summary>
public sealed class RetryChoiceTests : IDisposable
{
    private const string Types = "type.googleapis.com/envoy.extensions.retry.";

    private readonly ProxyFixture _proxy = new();

    public void Dispose() => _proxy.Dispose();

    /// <summary>What the first answer's head has, the policy beside <c>numRetries</c>, what the request has; tries that follow.</summary>
    public static TheoryData<string, string, string, int> Heads =>
        new()
        {
            { "200 OK\r\nx-again: yes", Headers("x-again"), "", 2 },
            { "200 OK", Headers("x-again"), "", 1 },
            { "200 OK\r\nx-again: yes", """ "retryOn":"5xx" """, "", 1 }, // the condition must be there
            { "200 OK\r\nx-again: no", Headers("x-again", ",\"stringMatch\":{\"exact\":\"yes\"}"), "", 1 },
            { "200 OK\r\nx-again: yes", Headers("x-again", ",\"stringMatch\":{\"exact\":\"yes\"}"), "", 2 },
            // not where the upstream says that it has enough
            { "503 No\r\nx-envoy-overloaded: true", """ "retryOn":"5xx" """, "", 1 },
            { "503 No\r\nx-envoy-ratelimited: true", """ "retryOn":"5xx" """, "", 1 },
            { "429 No\r\nx-envoy-ratelimited: true", """ "retryOn":"envoy-ratelimited" """, "", 2 },
            { "429 No", """ "retryOn":"envoy-ratelimited" """, "", 1 },
            // only for some requests
            { "503 No", Requests("x-retry-me"), "", 1 },
            { "503 No", Requests("x-retry-me"), "x-retry-me: 1\r\n", 2 },
            { "503 No", Requests(":method", ",\"stringMatch\":{\"exact\":\"GET\"}"), "", 2 },
            { "503 No", Requests(":method", ",\"stringMatch\":{\"exact\":\"PUT\"}"), "", 1 },
        };

    [Theory, MemberData(nameof(Heads))]
    public void Heads_decide_about_a_retry(string first, string policy, string request, int tries)
    {
        var requests = 0;
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                {
                    var head = Interlocked.Increment(ref requests) == 1 ? first : "200 OK";
                    ScriptedServer.Send(socket, $"HTTP/1.1 {head}\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );
        _proxy.Clusters(upstream.Port);
        Ask(Listen($"{policy},{Quick}"), request);
        Assert.Equal(tries, requests);
    }

    private static string Headers(string name, string match = "") =>
        $$""" "retryOn":"retriable-headers","retriableHeaders":[{"name":"{{name}}"{{match}} }]""";

    private static string Requests(string name, string match = "") =>
        $$""" "retryOn":"5xx","retriableRequestHeaders":[{"name":"{{name}}"{{match}} }]""";

    /// <summary>Headers of the response and seconds that they ask for; -1 where nothing is granted.</summary>
    public static TheoryData<string, int> Resets =>
        new()
        {
            { "", -1 },
            { "retry-after: 5", 5 },
            { "retry-after: 60", 60 },
            { "retry-after: 61", -1 }, // more than max_interval
            { "retry-after: 0", -1 },
            { "retry-after: -3", -1 },
            { "retry-after: soon", -1 },
            { "retry-after: Wed, 21 Oct 2026 07:28:00 GMT", -1 },
            { "x-ratelimit-reset: 1000007", 7 }, // it is 1000000
            { "x-ratelimit-reset: 999999", -1 },
            { "retry-after: 99|x-ratelimit-reset: 1000007", 7 }, // the next one in order
            { "x-ratelimit-reset: 1000007|retry-after: 3", 3 }, // the policy's order
        };

    [Theory, MemberData(nameof(Resets))]
    public void A_response_says_when_to_come_back(string headers, int seconds)
    {
        var rules = new RetryRules(
            new RetryPolicySpec
            {
                RateLimitedBackOff = new RateLimitedBackOffSpec(
                    [new ResetHeaderSpec("retry-after", false), new ResetHeaderSpec("x-ratelimit-reset", true)],
                    TimeSpan.FromSeconds(60)
                ),
            }
        );
        var map = new HeaderMap();
        foreach (var line in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(": ", 2);
            map.Add(System.Text.Encoding.ASCII.GetBytes(parts[0]), System.Text.Encoding.ASCII.GetBytes(parts[1]));
        }
        var expected = seconds < 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(seconds);
        Assert.Equal(expected, rules.ResetInterval(map, unixSeconds: 1_000_000));
    }

    [Fact]
    public void A_retry_waits_for_as_long_as_the_response_asked()
    {
        var times = new List<long>();
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                {
                    times.Add(Environment.TickCount64);
                    var head = times.Count == 1 ? "503 No\r\nretry-after: 1" : "200 OK";
                    ScriptedServer.Send(socket, $"HTTP/1.1 {head}\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );
        _proxy.Clusters(upstream.Port);
        var at = Listen(
            $$""" "retryOn":"5xx","rateLimitedRetryBackOff":{"resetHeaders":[{"name":"Retry-After","format":"SECONDS"}]},{{Quick}}"""
        );
        Assert.StartsWith("HTTP/1.1 200 ", Ask(at), StringComparison.Ordinal);
        Assert.InRange(times[1] - times[0], 990, 3000);
        Assert.Equal(1, _proxy.Stat("cluster.a.upstream_rq_retry_backoff_ratelimited"));
        Assert.Equal(0, _proxy.Stat("cluster.a.upstream_rq_retry_backoff_exponential"));
    }

    [Theory]
    [InlineData(0, 504)]
    [InlineData(1, 200)]
    public void A_try_in_which_nothing_moves_is_given_up(int retries, int status)
    {
        var tries = 0;
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                {
                    if (Interlocked.Increment(ref tries) == 1)
                        ScriptedServer.ReadUntil(socket, "never");
                    else
                        ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );
        _proxy.Clusters(upstream.Port);
        var at = Listen(
            $$""" "retryOn":"gateway-error","perTryIdleTimeout":"0.1s","numRetries":{{retries}},"retryBackOff":{"baseInterval":"0.001s"}"""
        );
        Assert.StartsWith($"HTTP/1.1 {status} ", Ask(at), StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("cluster.a.upstream_rq_per_try_idle_timeout"));
        Assert.Equal(0, _proxy.Stat("cluster.a.upstream_rq_per_try_timeout"));
    }

    [Fact]
    public void A_try_in_which_something_moves_may_take_its_time_until_it_stands_still()
    {
        using var upstream = new ScriptedServer(
            static (server, socket, _) =>
            {
                server.ReadHead(socket);
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n");
                // Longer than the timeout in all, with no pause that is longer.
                for (var i = 0; i < 10; i++)
                {
                    Assert.False(socket.Poll(60_000, SelectMode.SelectRead));
                    ScriptedServer.Send(socket, $"piece {i};");
                }
                ScriptedServer.ReadUntil(socket, "never");
            }
        );
        _proxy.Clusters(upstream.Port);
        var answer = Ask(Listen($$""" "retryOn":"5xx","perTryIdleTimeout":"0.4s",{{Quick}}"""));
        Assert.EndsWith("piece 9;", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_never_left_may_be_sent_elsewhere()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var good = Named("good", "200 OK");
        Cluster(Endpoint(((IPEndPoint)taken.LocalEndPoint!).Port), Endpoint(good.Port));
        var at = Listen($$""" "retryOn":"reset-before-request",{{Quick}}""");
        for (var i = 0; i < 6; i++)
            Assert.Contains("\r\n\r\ngood ", Ask(at), StringComparison.Ordinal);
        // By turns each request but perhaps the first one meets the other endpoint first.
        Assert.InRange(_proxy.Stat("cluster.a.upstream_rq_retry"), 5, 6);
    }

    /// <summary>Predicate; metadata of the endpoint that a retry must not go to.</summary>
    public static TheoryData<string, string> Predicates =>
        new()
        {
            { """ "name":"envoy.retry_host_predicates.omit_canary_hosts" """, """ "canary":true """ },
            {
                $$""" "name":"p","typedConfig":{"@type":"{{Types}}host.omit_canary_hosts.v3.OmitCanaryHostsPredicate"}""",
                """ "canary":true """
            },
            {
                $$""" "name":"p","typedConfig":{"@type":"{{Types}}host.omit_host_metadata.v3.OmitHostMetadataConfig","metadataMatch":{"filterMetadata":{"envoy.lb":{"tier":"slow"} } } }""",
                """ "tier":"slow","other":1 """
            },
        };

    [Theory, MemberData(nameof(Predicates))]
    public void A_retry_avoids_endpoints_by_their_metadata(string predicate, string metadata)
    {
        using var bad = Named("bad", "503 No");
        using var avoided = Named("avoided", "200 OK");
        using var good = Named("good", "200 OK");
        // By turns, retries would never come to the one to avoid. Chance may send some to the bad one: thirty of them are enough.
        Cluster(",\"lbPolicy\":\"RANDOM\"", Endpoint(bad.Port), Endpoint(avoided.Port, metadata), Endpoint(good.Port));
        var at = Listen(
            $$""" "retryOn":"5xx","hostSelectionRetryMaxAttempts":"20","retryHostPredicate":[{ {{predicate}} }],"numRetries":30,"retryBackOff":{"baseInterval":"0.001s"}"""
        );
        var answers = Enumerable.Range(0, 60).Select(_ => Ask(at)).ToList();
        Assert.All(answers, static answer => Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal));
        // It serves first tries; no retry went there.
        Assert.Contains(answers, static answer => answer.EndsWith("avoided 1", StringComparison.Ordinal));
        Assert.DoesNotContain(
            answers,
            static answer =>
                answer.Contains("\r\n\r\navoided", StringComparison.Ordinal)
                && !answer.EndsWith("avoided 1", StringComparison.Ordinal)
        );
        Assert.Contains(answers, static answer => answer.EndsWith("good 2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, 1, "near 2")]
    [InlineData(true, 1, "far 2")]
    [InlineData(true, 2, "near 3")] // nobody is left, so it begins again
    public void A_retry_may_leave_out_the_priorities_it_has_seen(bool leaveOut, int retries, string last)
    {
        using var near = Named("near", "503 No");
        using var far = Named("far", retries == 1 ? "200 OK" : "503 No");
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$"""
                    {"name":"a","type":"STATIC","loadAssignment":{"endpoints":[
                      {"lbEndpoints":[{{Endpoint(near.Port)}}]},{"priority":1,"lbEndpoints":[{{Endpoint(
                        far.Port
                    )}}]}]} }
                    """
                )
            )
        );
        var priority = leaveOut
            ? $$""" "retryPriority":{"name":"p","typedConfig":{"@type":"{{Types}}priority.previous_priorities.v3.PreviousPrioritiesConfig","updateFrequency":1} },"""
            : "";
        var at = Listen(
            $$"""{{priority}}"retryOn":"5xx","numRetries":{{retries}},"retryBackOff":{"baseInterval":"0.001s"}"""
        );
        Assert.EndsWith(last, Ask(at), StringComparison.Ordinal);
    }

    /// <summary>Health of four priorities, the ones that are left out, the picks that follow; <c>-</c> for none.</summary>
    public static TheoryData<string, string, string> OtherPriorities =>
        new()
        {
            { "HHH", "0", "1" },
            { "HHH", "01", "2" },
            { "HHH", "02", "1" },
            { "HHH", "012", "-" },
            { "HUH", "0", "2" },
            { "HDH", "0", "2" }, // degraded ones come behind all healthy ones
            { "HDU", "0", "1" },
            { "HUU", "0", "-" },
        };

    [Theory, MemberData(nameof(OtherPriorities))]
    public void What_is_left_takes_everything(string health, string excluded, string expected)
    {
        var endpoints = health
            .Select(
                (letter, index) =>
                    Clusters.ClusterFixture.Equal(4)[index] with
                    {
                        Priority = index,
                        Health =
                            letter == 'H' ? EndpointHealth.Healthy
                            : letter == 'D' ? EndpointHealth.Degraded
                            : EndpointHealth.Unhealthy,
                    }
            )
            .ToArray();
        var balancer = Clusters.ClusterFixture.Balancer(
            Clusters.ClusterFixture.Spec(BalancerKind.RoundRobin),
            endpoints
        );
        var mask = excluded.Aggregate(UInt128.Zero, static (bits, digit) => bits | (UInt128.One << (digit - '0')));
        for (var draw = 0UL; draw < 100; draw++)
        {
            var picked = balancer.Pick(new PickContext(0, draw) { ExcludedPriorities = mask });
            var letter = Clusters.ClusterFixture.Letter(picked);
            Assert.Equal(expected, letter == '-' ? "-" : $"{letter - 'a'}");
        }
    }

    [Fact]
    public void A_retry_that_the_budget_refuses_is_flagged()
    {
        using var bad = Named("bad", "503 No");
        Cluster(
            ""","circuitBreakers":{"thresholds":[{"retryBudget":{"budgetPercent":{"value":0},"minRetryConcurrency":0} }]}""",
            Endpoint(bad.Port)
        );
        Assert.EndsWith("bad 1", Ask(Listen($$""" "retryOn":"5xx",{{Quick}}""")), StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("cluster.a.upstream_rq_retry_overflow"));
        Assert.Equal(0, _proxy.Stat("cluster.a.upstream_rq_retry"));
    }

    private const string Quick = "\"numRetries\":1,\"retryBackOff\":{\"baseInterval\":\"0.001s\"}";

    private static string Endpoint(int port, string metadata = "") =>
        $$"""{"metadata":{"filterMetadata":{"envoy.lb":{ {{metadata}} } } },"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{port}} } } } }""";

    private void Cluster(params string[] endpoints)
    {
        var more = endpoints[0].StartsWith(',') ? endpoints[0] : "";
        var list = string.Join(',', more.Length > 0 ? endpoints[1..] : endpoints);
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$"""{"name":"a","type":"STATIC","loadAssignment":{"endpoints":[{"lbEndpoints":[{{list}}]}]}{{more}} }"""
                )
            )
        );
    }

    /// <summary>Answers with its name and the number of the attempt.</summary>
    private static ScriptedServer Named(string name, string status) =>
        new(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is { } head)
                {
                    const string Count = "x-envoy-attempt-count: ";
                    var attempt = head[head.IndexOf(Count, StringComparison.Ordinal) + Count.Length];
                    ScriptedServer.Send(
                        socket,
                        $"HTTP/1.1 {status}\r\ncontent-length: {name.Length + 2}\r\n\r\n{name} {attempt}"
                    );
                }
            }
        );

    private IPEndPoint Listen(string policy) =>
        _proxy.Http(
            $$"""{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"10s","retryPolicy":{ {{policy}} } } }"""
        );

    private static string Ask(IPEndPoint at, string headers = "") =>
        Converse(at, $"GET / HTTP/1.1\r\nHost: a\r\n{headers}Connection: close\r\n\r\n");
}
