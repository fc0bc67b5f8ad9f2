// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using static DataPlane.Tests.Server.ProxyFixture;

namespace DataPlane.Tests.Filters;

/// <summary>Filters in a serving proxy: CORS by route, faults by route, filters that routes switch.</summary>
public sealed class CorsTests : IDisposable
{
    private const string Policy = """
        "typedPerFilterConfig":{"cors":{"@type":"type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy",
         "allowOriginStringMatch":[{"exact":"https://a.example"},{"safeRegex":{"regex":"https://.*\\.b\\.example"}}],
         "allowMethods":"GET,POST","allowHeaders":"x-one","exposeHeaders":"x-two","maxAge":"600","allowCredentials":true
        """;

    private readonly ProxyFixture _proxy = new();
    private readonly ScriptedServer _upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nup");

    public void Dispose()
    {
        _proxy.Dispose();
        _upstream.Dispose();
    }

    public static TheoryData<string, string, string[], string[]> Cases =>
        new()
        {
            {
                "a preflight of an origin that may is answered here",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: GET\r\n",
                [
                    "HTTP/1.1 200",
                    "access-control-allow-origin: https://a.example\r\n",
                    "access-control-allow-methods: GET,POST\r\n",
                    "access-control-allow-headers: x-one\r\n",
                    "access-control-max-age: 600\r\n",
                    "access-control-allow-credentials: true\r\n",
                ],
                ["\r\n\r\nup"]
            },
            {
                "a preflight of another origin is the upstream's",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n",
                ["\r\n\r\nup"],
                ["access-control-"]
            },
            {
                "OPTIONS without a method asked for is no preflight",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://a.example\r\n",
                ["\r\n\r\nup", "access-control-allow-origin: https://a.example\r\n"],
                ["access-control-allow-methods"]
            },
            {
                "a response tells what a script may see",
                "GET / HTTP/1.1\r\nOrigin: https://x.b.example\r\n",
                [
                    "\r\n\r\nup",
                    "access-control-allow-origin: https://x.b.example\r\n",
                    "access-control-expose-headers: x-two\r\n",
                    "access-control-allow-credentials: true\r\n",
                ],
                ["access-control-allow-methods"]
            },
            {
                "another origin gets the response unmarked",
                "GET / HTTP/1.1\r\nOrigin: https://b.example\r\n",
                ["\r\n\r\nup"],
                ["access-control-"]
            },
            { "without an origin nothing happens", "GET / HTTP/1.1\r\n", ["\r\n\r\nup"], ["access-control-"] },
        };

    [Theory, MemberData(nameof(Cases))]
    public void Cors(string name, string request, string[] has, string[] lacks)
    {
        var answer = Ask($$"""{"match":{"prefix":"/"},"route":{"cluster":"a"},{{Policy}} } } }""", request);
        foreach (var text in has)
            Assert.True(answer.Contains(text, StringComparison.Ordinal), $"{name}: no {text} in\n{answer}");
        foreach (var text in lacks)
            Assert.False(answer.Contains(text, StringComparison.Ordinal), $"{name}: {text} in\n{answer}");
    }

    [Fact]
    public void Preflights_that_do_not_match_may_be_ended_here()
    {
        var answer = Ask(
            $$"""{"match":{"prefix":"/"},"route":{"cluster":"a"},{{Policy}},"forwardNotMatchingPreflights":false} } }""",
            "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200", answer);
        Assert.DoesNotContain("access-control-", answer);
        Assert.DoesNotContain("\r\n\r\nup", answer);
    }

    [Fact]
    public void A_route_without_policy_is_left_alone() =>
        Assert.DoesNotContain(
            "access-control-",
            Ask(
                """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""",
                "GET / HTTP/1.1\r\nOrigin: https://a.example\r\n"
            )
        );

    [Fact]
    public void A_fault_on_a_route_aborts_and_delays()
    {
        var answer = Ask(
            """
            {"match":{"prefix":"/"},"route":{"cluster":"a"},"typedPerFilterConfig":{"fault":{"@type":"type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
             "delay":{"fixedDelay":"0.02s","percentage":{"numerator":100}},"abort":{"httpStatus":418,"percentage":{"numerator":100}}}}}
            """,
            "GET / HTTP/1.1\r\n"
        );
        Assert.StartsWith("HTTP/1.1 418 ", answer);
        Assert.EndsWith("\r\n\r\nfault filter abort", answer);
        Assert.Equal(0, _upstream.Connections);
    }

    [Fact]
    public void A_route_switches_a_filter_off()
    {
        const string Fault = """
            {"name":"fault","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
             "abort":{"httpStatus":418,"percentage":{"numerator":100}}}},
            """;
        var routes = """
            {"match":{"path":"/off"},"route":{"cluster":"a"},"typedPerFilterConfig":{"fault":{"@type":"type.googleapis.com/envoy.config.route.v3.FilterConfig","disabled":true}}},
            {"match":{"prefix":"/"},"route":{"cluster":"a"}}
            """;
        Assert.StartsWith("HTTP/1.1 418 ", Ask(routes, "GET / HTTP/1.1\r\n", Fault));
        Assert.StartsWith("HTTP/1.1 200 ", Ask(routes, "GET /off HTTP/1.1\r\n", Fault));
    }

    private string Ask(
        string routes,
        string request,
        string filters =
            """
                {"name":"cors","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors"}},
                {"name":"fault","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"}},
                """
    )
    {
        _proxy.Clusters(_upstream.Port);
        return Converse(_proxy.Http(routes, filters: filters), $"{request}Host: shop\r\nConnection: close\r\n\r\n");
    }
}
