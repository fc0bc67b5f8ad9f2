// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Routing;

namespace ControlPlane.Tests.Simulation;

/// <summary>From YAML, through the control plane, into the proxy's real matcher: where does a request go?</summary>
public sealed class RoutingTests
{
    private const string Proxy = "127.0.1.9_15007";
    private const string Ingress = "0.0.0.0_8080";
    private const string Reviews = "reviews.default.svc.cluster.local";

    public static TheoryData<string, string> NamesOfAService =>
        new()
        {
            { "reviews:9080", $"outbound|9080||{Reviews}" },
            { "reviews.default:9080", $"outbound|9080||{Reviews}" },
            { "reviews.default.svc:9080", $"outbound|9080||{Reviews}" },
            { "REVIEWS.default.svc.cluster.local:9080", $"outbound|9080||{Reviews}" },
            { "reviews", "PassthroughCluster" }, // port 80, which the service has not
            { "reviews:80", "PassthroughCluster" },
            { "reviews.other:9080", "PassthroughCluster" },
            { "unknown:9080", "PassthroughCluster" },
        };

    [Theory]
    [MemberData(nameof(NamesOfAService))]
    public void A_service_answers_to_its_names_with_port(string authority, string cluster)
    {
        using var proxy = Sidecar(Bookinfo.All);
        Assert.Equal(cluster, proxy.Ask(Proxy, $"GET {authority}/"));
    }

    [Fact]
    public void The_proxy_takes_everything_and_waits_for_nothing()
    {
        using var sidecar = Sidecar(Bookinfo.All);
        Assert.Empty(sidecar.Rejections);
        Assert.True(sidecar.IsReady);
        using var gateway = Gateway(Bookinfo.All);
        Assert.Empty(gateway.Rejections);
        Assert.True(gateway.IsReady);
    }

    [Fact]
    public void Endpoints_are_those_of_the_subset()
    {
        using var proxy = Sidecar(Bookinfo.All);
        Assert.Equal(
            ["127.0.1.4:9080", "127.0.1.5:9080", "127.0.1.6:9080"],
            EndpointsOf(proxy, $"outbound|9080||{Reviews}")
        );
        Assert.Equal(["127.0.1.5:9080"], EndpointsOf(proxy, $"outbound|9080|v2|{Reviews}"));
        Assert.Equal(BalancerKind.RoundRobin, proxy.Runtime.Clusters[$"outbound|9080|v3|{Reviews}"].Spec.Balancer);
    }

    [Fact]
    public void A_canary_splits_by_weight_and_a_test_user_has_a_version_of_its_own()
    {
        using var proxy = Sidecar([
            .. Bookinfo.All,
            Routes(
                """
                http:
                  - match: [{headers: {end-user: {exact: jason}}}]
                    route: [{destination: {host: reviews, subset: v2}}]
                  - route:
                    - {destination: {host: reviews, subset: v1}, weight: 90}
                    - {destination: {host: reviews, subset: v3}, weight: 10}
                """
            ),
        ]);
        Assert.Equal(
            $"outbound|9080|v1|{Reviews}=90 outbound|9080|v3|{Reviews}=10",
            proxy.Ask(Proxy, "GET reviews:9080/reviews/0")
        );
        Assert.Equal($"outbound|9080|v2|{Reviews}", proxy.Ask(Proxy, "GET reviews:9080/reviews/0", "end-user: jason"));
        Assert.NotEqual("404", proxy.Ask(Proxy, "GET reviews:9080/reviews/0", "end-user: jasons"));
    }

    public static TheoryData<string, string, string[], bool> Matches =>
        new()
        {
            { "uri: {exact: /a}", "GET /a", [], true },
            { "uri: {exact: /a}", "GET /a?x=1", [], true },
            { "uri: {exact: /a}", "GET /ab", [], false },
            { "uri: {prefix: /a}", "GET /ab", [], true },
            { "uri: {prefix: /a}", "GET /b", [], false },
            { "uri: {regex: '/a[0-9]+'}", "GET /a12", [], true },
            { "uri: {regex: '/a[0-9]+'}", "GET /a12/x", [], false }, // the whole path must match
            { "uri: {exact: /A}, ignoreUriCase: true", "GET /a", [], true },
            { "uri: {exact: /A}", "GET /a", [], false },
            { "method: {exact: POST}", "POST /", [], true },
            { "method: {exact: POST}", "GET /", [], false },
            { "authority: {prefix: rev}", "GET /", [], true },
            { "authority: {exact: other}", "GET /", [], false },
            { "scheme: {exact: http}", "GET /", [], true },
            { "scheme: {exact: https}", "GET /", [], false },
            { "headers: {x: {exact: a}}", "GET /", ["x: a"], true },
            { "headers: {x: {exact: a}}", "GET /", [], false },
            { "headers: {x: {prefix: a}, y: {regex: '[0-9]+'}}", "GET /", ["x: abc", "y: 12"], true },
            { "headers: {x: {prefix: a}, y: {regex: '[0-9]+'}}", "GET /", ["x: abc", "y: 1b"], false },
            { "headers: {x: {}}", "GET /", ["x: whatever"], true }, // {} asks that it is there
            { "headers: {x: {}}", "GET /", [], false },
            { "withoutHeaders: {x: {}}", "GET /", [], true },
            { "withoutHeaders: {x: {}}", "GET /", ["x: a"], false },
            { "withoutHeaders: {x: {exact: a}}", "GET /", [], true },
            { "withoutHeaders: {x: {exact: a}}", "GET /", ["x: b"], true },
            { "withoutHeaders: {x: {exact: a}}", "GET /", ["x: a"], false },
            { "queryParams: {v: {exact: '1'}}", "GET /?v=1", [], true },
            { "queryParams: {v: {exact: '1'}}", "GET /?v=2", [], false },
            { "queryParams: {v: {regex: '[0-9]+'}}", "GET /?a=b&v=77", [], true },
            { "port: 9080", "GET /", [], true },
            { "port: 80", "GET /", [], false },
            { "sourceNamespace: default", "GET /", [], true },
            { "sourceNamespace: other", "GET /", [], false },
            { "sourceLabels: {app: client}", "GET /", [], true },
            { "sourceLabels: {app: other}", "GET /", [], false },
            { "gateways: [mesh]", "GET /", [], true },
            { "gateways: [bookinfo]", "GET /", [], false },
            { "uri: {prefix: /a}, method: {exact: GET}", "POST /a", [], false }, // all conditions of one match
        };

    [Theory]
    [MemberData(nameof(Matches))]
    public void A_match_condition_holds_or_not(string match, string request, string[] headers, bool holds)
    {
        using var proxy = Sidecar([
            .. Bookinfo.All,
            Routes(
                $$$"""
                gateways: [mesh, bookinfo]
                  http:
                  - match: [{ {{{match}}} }]
                    directResponse: {status: 200, body: {string: matched}}
                """
            ),
        ]);
        var space = request.IndexOf(' ');
        var answer = proxy.Ask(Proxy, $"{request[..space]} reviews:9080{request[(space + 1)..]}", headers);
        Assert.Equal(holds ? "200 matched" : "404", answer);
    }

    [Fact]
    public void Matches_of_one_rule_are_alternatives_and_the_first_rule_wins()
    {
        using var proxy = Sidecar([
            .. Bookinfo.All,
            Routes(
                """
                http:
                  - match: [{uri: {prefix: /a}}, {uri: {prefix: /b}}]
                    directResponse: {status: 201}
                  - match: [{uri: {prefix: /ab}}]
                    directResponse: {status: 202}
                  - directResponse: {status: 203}
                  - match: [{uri: {prefix: /c}}]
                    directResponse: {status: 204}
                """
            ),
        ]);
        Assert.Equal("201 ", proxy.Ask(Proxy, "GET reviews:9080/ab"));
        Assert.Equal("201 ", proxy.Ask(Proxy, "GET reviews:9080/b"));
        Assert.Equal("203 ", proxy.Ask(Proxy, "GET reviews:9080/c"));
    }

    [Fact]
    public void Rewrite_timeout_retries_and_redirect_arrive_as_written()
    {
        using var proxy = Sidecar([
            .. Bookinfo.All,
            Routes(
                """
                http:
                  - match: [{uri: {prefix: /old}}]
                    redirect: {uri: /new, authority: shop.example, scheme: https, port: 8443, redirectCode: 308}
                  - name: main
                    match: [{uri: {prefix: /a}, name: letters}]
                    rewrite: {uri: /x, authority: ratings}
                    timeout: 1s
                    retries: {attempts: 3, perTryTimeout: 0.25s, retryOn: "gateway-error,429"}
                    route: [{destination: {host: ratings}}]
                """
            ),
        ]);
        Assert.Equal("308 https://shop.example:8443/new", proxy.Ask(Proxy, "GET reviews:9080/old"));
        var route = proxy.RouteOf(Proxy, "GET reviews:9080/a/b")!;
        Assert.Equal("main.letters", route.Name);
        var action = Assert.IsType<ForwardActionSpec>(route.Spec.Action);
        Assert.Equal(("/x", "ratings"), (action.PrefixRewrite, action.HostRewrite));
        Assert.Equal(TimeSpan.FromSeconds(1), action.Timeout);
        Assert.Equal(3, action.RetryPolicy!.Retries);
        Assert.Equal([429], action.RetryPolicy.RetriableStatusCodes);
        Assert.Equal(
            RetryConditions.GatewayError | RetryConditions.RetriableStatusCodes,
            action.RetryPolicy.Conditions
        );
        Assert.Equal(TimeSpan.FromMilliseconds(250), action.RetryPolicy.PerTryTimeout);
    }

    [Fact]
    public void A_service_has_no_timeout_and_two_retries_by_default()
    {
        using var proxy = Sidecar(Bookinfo.All);
        var action = Assert.IsType<ForwardActionSpec>(proxy.RouteOf(Proxy, "GET reviews:9080/")!.Spec.Action);
        Assert.Equal(TimeSpan.Zero, action.Timeout);
        Assert.Equal(2, action.RetryPolicy!.Retries);
        Assert.True(action.RetryPolicy.AvoidPreviousHosts);
        Assert.Equal(TimeSpan.FromSeconds(10), proxy.Runtime.Clusters[$"outbound|9080||{Reviews}"].Spec.ConnectTimeout);
    }

    [Fact]
    public void Attempts_of_0_turn_retries_off()
    {
        using var proxy = Sidecar([
            .. Bookinfo.All,
            Routes("http: [{retries: {attempts: 0}, route: [{destination: {host: reviews}}]}]"),
        ]);
        Assert.Null(proxy.RouteOf(Proxy, "GET reviews:9080/")!.RetryPolicy);
    }

    [Theory]
    [InlineData("GET anything/productpage", "outbound|9080||productpage.default.svc.cluster.local")]
    [InlineData("GET anything:8080/static/x.css", "outbound|9080||productpage.default.svc.cluster.local")]
    [InlineData("GET anything/reviews/0", "404")]
    public void A_gateway_routes_what_its_virtual_services_name(string request, string expected)
    {
        using var proxy = Gateway(Bookinfo.All);
        Assert.Equal(expected, proxy.Ask(Ingress, request));
    }

    [Fact]
    public void A_gateway_without_routes_answers_404_and_is_ready()
    {
        using var proxy = Gateway([.. Bookinfo.All.SkipLast(1), Bookinfo.Gateway.Split("---")[0]]);
        Assert.True(proxy.IsReady);
        Assert.Equal("404", proxy.Ask(Ingress, "GET a/productpage"));
    }

    [Fact]
    public void A_workload_serves_its_own_port_and_hands_it_to_the_application()
    {
        using var proxy = new SimulatedProxy(
            new MeshFixture(Bookinfo.All).Translate(MeshFixture.Sidecar("127.0.1.4", "app=reviews,version=v1"))
        );
        Assert.Equal("inbound|9080||", proxy.Ask("127.0.1.4_9080", "GET reviews:9080/reviews/0"));
        Assert.Equal(["127.0.2.4:9080"], EndpointsOf(proxy, "inbound|9080||"));
    }

    private static string[] EndpointsOf(SimulatedProxy proxy, string cluster) =>
        proxy.Runtime.Clusters[cluster].Endpoints.Select(static entry => entry.State.AddressText).ToArray();

    private static SimulatedProxy Sidecar(string[] texts) =>
        new(new MeshFixture(texts).Translate(MeshFixture.Sidecar()));

    private static SimulatedProxy Gateway(string[] texts) =>
        new(new MeshFixture(texts).Translate(MeshFixture.Gateway()));

    /// <summary>A VirtualService for reviews; <paramref name="rules"/> is indented by two from its second line on.</summary>
    private static string Routes(string rules) =>
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: reviews}\nspec:\n  hosts: [reviews]\n  "
        + rules
        + "\n";
}
