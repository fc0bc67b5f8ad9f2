// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;

namespace DataPlane.Tests.Routing;

/// <summary>What routes do to requests and responses: rewrites, redirects, header operations, weights.</summary>
public sealed class RouteActionTests
{
    public static TheoryData<string, string, string, string> Rewrites =>
        new()
        {
            // prefix_rewrite takes the place of what matched
            { """{"prefix":"/a"}""", "\"prefixRewrite\":\"/x\"", "/a/b?c", "shop /x/b?c" },
            { """{"prefix":"/a/"}""", "\"prefixRewrite\":\"/\"", "/a/b", "shop /b" },
            { """{"prefix":"/a"}""", "\"prefixRewrite\":\"/x\"", "/ab", "shop /xb" },
            { """{"path":"/a"}""", "\"prefixRewrite\":\"/x\"", "/a?c", "shop /x?c" },
            { """{"pathSeparatedPrefix":"/a"}""", "\"prefixRewrite\":\"/x\"", "/a/b", "shop /x/b" },
            { """{"safeRegex":{"regex":"/a.*"}}""", "\"prefixRewrite\":\"/x\"", "/abc?d", "shop /x?d" },
            // regex_rewrite replaces every match and keeps the query
            {
                """{"prefix":"/"}""",
                """ "regexRewrite":{"pattern":{"regex":"^/service/([^/]+)(/.*)$"},"substitution":"\\2/instance/\\1"} """,
                "/service/foo/v1/api?q",
                "shop /v1/api/instance/foo?q"
            },
            {
                """{"prefix":"/"}""",
                """ "regexRewrite":{"pattern":{"regex":"one"},"substitution":"two"} """,
                "/xxx/one/yyy/one/zzz",
                "shop /xxx/two/yyy/two/zzz"
            },
            {
                """{"prefix":"/"}""",
                """ "regexRewrite":{"pattern":{"regex":"^(.*?)one(.*)$"},"substitution":"\\1two\\2"} """,
                "/xxx/one/yyy/one",
                "shop /xxx/two/yyy/one"
            },
            {
                """{"prefix":"/"}""",
                """ "regexRewrite":{"pattern":{"regex":"(?i)/xxx/"},"substitution":"/yyy/"} """,
                "/aaa/XxX/bbb",
                "shop /aaa/yyy/bbb"
            },
            {
                """{"prefix":"/"}""",
                """ "regexRewrite":{"pattern":{"regex":"a"},"substitution":"$1"} """,
                "/a",
                "shop /$1"
            },
            // the host
            { """{"prefix":"/"}""", "\"hostRewriteLiteral\":\"inner\"", "/a", "inner /a" },
            { """{"prefix":"/"}""", "\"hostRewriteHeader\":\"X-To\"", "/a|x-to: there", "there /a" },
            { """{"prefix":"/"}""", "\"hostRewriteHeader\":\"X-To\"", "/a", "shop /a" },
            {
                """{"prefix":"/"}""",
                """ "hostRewritePathRegex":{"pattern":{"regex":"^/(.+)/.+$"},"substitution":"\\1"} """,
                "/envoyproxy.io/path?q",
                "envoyproxy.io /envoyproxy.io/path?q"
            },
        };

    [Theory, MemberData(nameof(Rewrites))]
    public void Rewrite(string match, string action, string request, string expected)
    {
        var table = Requests.Routes($$"""{"match":{{match}},"route":{"cluster":"a",{{action}}} }""");
        var stream = Requests.Of($"GET {request}");
        var route = table.Match(stream.Request, 0)!;
        route.PrepareRequest(stream, 0);
        Assert.Equal(expected, $"{Requests.Text(stream.Request.Authority)} {Requests.Text(stream.Request.Path)}");
        var original = stream.Request.Headers.TryGet(KnownHeader.XEnvoyOriginalPath, out var path)
            ? Requests.Text(path)
            : null;
        Assert.Equal(action.Contains("prefixRewrite") || action.Contains("regexRewrite") ? request : null, original);
    }

    [Fact]
    public void A_weighted_cluster_has_its_own_host_and_headers()
    {
        var table = Requests.Routes(
            """
            {"match":{"prefix":"/"},"route":{"hostRewriteLiteral":"route","appendXForwardedHost":true,"weightedClusters":{"clusters":[
              {"name":"a","weight":1,"hostRewriteLiteral":"of-a","requestHeadersToAdd":[{"header":{"key":"x-to","value":"a"}}],"responseHeadersToRemove":["x-gone"]},
              {"name":"b","weight":3}]}}}
            """
        );
        string Prepared(int cluster)
        {
            var stream = Requests.Of("GET /");
            table.Match(stream.Request, 0)!.PrepareRequest(stream, cluster);
            return $"{Requests.Text(stream.Request.Authority)} {Requests.Lines(stream.Request.Headers, "host")}";
        }
        Assert.Equal("of-a x-forwarded-host: shop|x-to: a", Prepared(0));
        Assert.Equal("route x-forwarded-host: shop", Prepared(1));
        var route = table.Match(Requests.Of("GET /").Request, 0)!;
        Assert.Equal(2500, Enumerable.Range(0, 10_000).Count(draw => route.PickCluster((ulong)draw) == 0));
        var answered = Requests.Of("GET /");
        answered.Response.Headers.Add("x-gone"u8, "1"u8);
        route.PrepareResponse(answered, 0);
        Assert.Equal("", Requests.Lines(answered.Response.Headers));
    }

    [Fact]
    public void Auto_host_rewrite_takes_the_endpoints_name()
    {
        var table = Requests.Routes("""{"match":{"prefix":"/"},"route":{"cluster":"a","autoHostRewrite":true}}""");
        var stream = Requests.Of("GET /");
        var route = table.Match(stream.Request, 0)!;
        var endpoint = new EndpointState(new ClusterState("a", 1), default);
        route.PrepareForEndpoint(stream, endpoint);
        Assert.Equal("shop", Requests.Text(stream.Request.Authority));
        endpoint.RewriteHost = "httpbin.org"u8.ToArray();
        route.PrepareForEndpoint(stream, endpoint);
        Assert.Equal("httpbin.org", Requests.Text(stream.Request.Authority));
    }

    public static TheoryData<string, string, int, string> RedirectCases =>
        new()
        {
            { "\"httpsRedirect\":true", "GET /a?b", 301, "https://shop/a?b" },
            { "\"schemeRedirect\":\"ws\"", "GET /", 301, "ws://shop/" },
            { "\"hostRedirect\":\"new\"", "GET /a|host: shop:80", 301, "http://new/a" },
            { "\"httpsRedirect\":true", "GET /|host: shop:80", 301, "https://shop/" }, // a default port goes
            { "\"httpsRedirect\":true", "GET /|host: shop:8080", 301, "https://shop:8080/" },
            { "\"portRedirect\":8443", "GET /|host: shop:80", 301, "http://shop:8443/" },
            { "\"httpsRedirect\":true,\"portRedirect\":8443", "GET /|host: shop:80", 301, "https://shop:8443/" },
            { "\"pathRedirect\":\"/new\"", "GET /a?b", 301, "http://shop/new?b" },
            { "\"pathRedirect\":\"/new?c\"", "GET /a?b", 301, "http://shop/new?c" },
            { "\"pathRedirect\":\"/new\",\"stripQuery\":true", "GET /a?b", 301, "http://shop/new" },
            { "\"prefixRewrite\":\"/x\"", "GET /a/b?c", 301, "http://shop/xa/b?c" },
            { """ "regexRewrite":{"pattern":{"regex":"a"},"substitution":"b"} """, "GET /a?a", 301, "http://shop/b?a" },
            { "\"stripQuery\":true", "GET /a?b", 301, "http://shop/a" },
            { "\"hostRedirect\":\"n\",\"responseCode\":\"FOUND\"", "GET /", 302, "http://n/" },
            { "\"hostRedirect\":\"n\",\"responseCode\":\"SEE_OTHER\"", "GET /", 303, "http://n/" },
            { "\"hostRedirect\":\"n\",\"responseCode\":\"TEMPORARY_REDIRECT\"", "GET /", 307, "http://n/" },
            { "\"hostRedirect\":\"n\",\"responseCode\":\"PERMANENT_REDIRECT\"", "GET /", 308, "http://n/" },
        };

    [Theory, MemberData(nameof(RedirectCases))]
    public void Redirect(string action, string request, int status, string location)
    {
        var table = Requests.Routes($$"""{"match":{"prefix":"/"},"redirect":{ {{action}} } }""");
        var stream = Requests.Of(request);
        Redirects.Write(table.Match(stream.Request, 0)!, stream.Request, stream.Response);
        Assert.Equal(
            $"{status} location: {location}",
            $"{stream.Response.Status} {Requests.Lines(stream.Response.Headers)}"
        );
    }

    public static TheoryData<string, string, string> AppendActions =>
        new()
        {
            { """{"header":{"key":"x","value":"n"}}""", "x: o", "x: o|x: n" }, // append is the default
            { """{"header":{"key":"x","value":"n"}}""", "y: o", "y: o|x: n" },
            { """{"header":{"key":"x","value":"n"},"appendAction":"ADD_IF_ABSENT"}""", "x: o", "x: o" },
            { """{"header":{"key":"x","value":"n"},"appendAction":"ADD_IF_ABSENT"}""", "y: o", "y: o|x: n" },
            { """{"header":{"key":"x","value":"n"},"appendAction":"OVERWRITE_IF_EXISTS_OR_ADD"}""", "x: o", "x: n" },
            {
                """{"header":{"key":"x","value":"n"},"appendAction":"OVERWRITE_IF_EXISTS_OR_ADD"}""",
                "y: o",
                "y: o|x: n"
            },
            { """{"header":{"key":"x","value":"n"},"appendAction":"OVERWRITE_IF_EXISTS"}""", "x: o", "x: n" },
            { """{"header":{"key":"x","value":"n"},"appendAction":"OVERWRITE_IF_EXISTS"}""", "y: o", "y: o" },
            { """{"header":{"key":"x","value":"n"},"append":false}""", "x: o", "x: n" }, // the older switch
            { """{"header":{"key":"x","value":"n"},"append":true}""", "x: o", "x: o|x: n" },
            { """{"header":{"key":"x","value":"%REQ(y)%"}}""", "y: o", "y: o|x: o" },
            { """{"header":{"key":"x","value":"a-%REQ(:METHOD)%-100%%"}}""", "y: o", "y: o|x: a-GET-100%" },
            { """{"header":{"key":"x","value":""}}""", "y: o", "y: o" },
            { """{"header":{"key":"x","value":""},"keepEmptyValue":true}""", "y: o", "y: o|x: " },
        };

    [Theory, MemberData(nameof(AppendActions))]
    public void Header_operations(string option, string before, string after)
    {
        var table = Requests.Routes(
            $$"""{"match":{"prefix":"/"},"route":{"cluster":"a"},"requestHeadersToAdd":[{{option}}]}"""
        );
        var stream = Requests.Of($"GET /|{before}");
        table.Match(stream.Request, 0)!.PrepareRequest(stream, 0);
        Assert.Equal(after, Requests.Lines(stream.Request.Headers, "host"));
    }

    [Theory]
    [InlineData(false, "host")] // route, then virtual host, then table: the last to overwrite wins
    [InlineData(true, "route")]
    public void Levels_apply_in_order(bool specificWins, string winner)
    {
        static string Add(string value) =>
            $$""" "requestHeadersToAdd":[{"header":{"key":"x","value":"{{value}}"},"appendAction":"OVERWRITE_IF_EXISTS_OR_ADD"}] """;
        var table = Requests.Table(
            $$"""
            {"mostSpecificHeaderMutationsWins":{{(
                specificWins ? "true" : "false"
            )}},"virtualHosts":[{"name":"v","domains":["*"],{{Add("host")}},
             "routes":[{"match":{"prefix":"/"},"route":{"cluster":"a"},{{Add("route")}}}]}]}
            """
        );
        var stream = Requests.Of("GET /");
        table.Match(stream.Request, 0)!.PrepareRequest(stream, 0);
        Assert.Equal($"x: {winner}", Requests.Lines(stream.Request.Headers, "host"));
    }

    public static TheoryData<string, string, ulong?> Hashes =>
        new()
        {
            { """{"header":{"headerName":"X"}}""", "GET /|x: foo", 0x33bf00a859c4ba3f },
            { """{"header":{"headerName":"x"}}""", "GET /", null },
            {
                """{"header":{"headerName":"x","regexRewrite":{"pattern":{"regex":"-.*"},"substitution":""}}}""",
                "GET /|x: foo-bar",
                0x33bf00a859c4ba3f
            },
            { """{"queryParameter":{"name":"q"}}""", "GET /?p=1&q=foo", 0x33bf00a859c4ba3f },
            { """{"queryParameter":{"name":"q"}}""", "GET /?Q=foo", null },
            { """{"cookie":{"name":"c"}}""", "GET /|cookie: b=1; c=foo", 0x33bf00a859c4ba3f },
            { """{"cookie":{"name":"c"}}""", "GET /|cookie: c=\"foo\"", 0x33bf00a859c4ba3f },
            { """{"cookie":{"name":"c"}}""", "GET /|cookie: cc=foo", null },
            { """{"filterState":{"key":"k"}}""", "GET /", null },
            {
                """{"header":{"headerName":"x"}},{"header":{"headerName":"y"}}""",
                "GET /|x: foo|y: foo",
                0x33bf00a859c4ba3f ^ 0x677e0150b389747e
            },
            {
                """{"header":{"headerName":"x"},"terminal":true},{"header":{"headerName":"y"}}""",
                "GET /|x: foo|y: foo",
                0x33bf00a859c4ba3f
            },
            {
                """{"header":{"headerName":"x"},"terminal":true},{"header":{"headerName":"y"}}""",
                "GET /|y: foo",
                0x33bf00a859c4ba3f
            },
        };

    [Theory, MemberData(nameof(Hashes))]
    public void Hash_policies(string policies, string request, ulong? expected) =>
        Assert.Equal(expected, HashOf(policies, Requests.Of(request), default));

    [Fact]
    public void The_source_address_hashes_without_its_port()
    {
        const string Policy = """{"connectionProperties":{"sourceIp":true}}""";
        ulong? Of(string address, int port) =>
            HashOf(Policy, Requests.Of("GET /"), Lateen.Net.NetAddress.From(System.Net.IPAddress.Parse(address), port));
        Assert.NotNull(Of("10.0.0.1", 1));
        Assert.Equal(Of("10.0.0.1", 1), Of("10.0.0.1", 2));
        Assert.NotEqual(Of("10.0.0.1", 1), Of("10.0.0.2", 1));
    }

    [Theory]
    [InlineData("\"ttl\":\"60s\",\"path\":\"/p\"", "; Max-Age=60; Path=/p; HttpOnly")]
    [InlineData("\"ttl\":\"0s\"", "; HttpOnly")]
    public void A_missing_affinity_cookie_is_made_and_leads_to_the_same_place(string settings, string attributes)
    {
        var policy = $$"""{"cookie":{"name":"c",{{settings}}} }""";
        var table = Requests.Routes(
            $$"""{"match":{"prefix":"/"},"route":{"cluster":"a","hashPolicy":[{{policy}}]} }"""
        );
        var first = Requests.Of("GET /");
        var route = table.Match(first.Request, 0)!;
        var hash = route.HashFor(first, default, 0xabc);
        Assert.Equal(hash, route.HashFor(first, default, 0xdef)); // a retry goes by the cookie that was made
        route.PrepareResponse(first, 0);
        Assert.Equal($"set-cookie: c=\"0000000000000abd\"{attributes}", Requests.Lines(first.Response.Headers));
        Assert.Equal(hash, HashOf(policy, Requests.Of("GET /|cookie: c=0000000000000abd"), default));
    }

    private static ulong? HashOf(string policies, StreamInfo stream, Lateen.Net.NetAddress client)
    {
        var table = Requests.Routes(
            $$"""{"match":{"prefix":"/"},"route":{"cluster":"a","hashPolicy":[{{policies}}]} }"""
        );
        return table.Match(stream.Request, 0)!.HashFor(stream, client, 7);
    }
}
