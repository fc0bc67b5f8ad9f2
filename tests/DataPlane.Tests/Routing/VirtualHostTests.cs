// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Routing;

namespace DataPlane.Tests.Routing;

/// <summary>Which virtual host a request belongs to, and what it asks of TLS.</summary>
public sealed class VirtualHostTests
{
    private static readonly string[] s_domains =
    [
        "shop",
        "shop:80",
        "*.shop",
        "*.eu.shop",
        "*-bar.shop",
        "cart.*",
        "cart.eu*",
        "Upper.Case",
        "[::1]:80",
        "*",
    ];

    public static TheoryData<string, string> Hosts =>
        new()
        {
            { "shop", "shop" },
            { "SHOP", "shop" },
            { "shop:80", "shop:80" },
            { "shop:81", "*" }, // a port is part of the name
            { "a.shop", "*.shop" },
            { "a.b.shop", "*.shop" },
            { "a.eu.shop", "*.eu.shop" }, // the longest suffix
            { ".shop", "*" }, // the star stands for at least one character
            { "foo-bar.shop", "*-bar.shop" },
            { "-bar.shop", "*.shop" },
            { "cart.com", "cart.*" },
            { "cart.eu", "cart.*" },
            { "cart.eu.com", "cart.eu*" },
            { "cart.shop", "*.shop" }, // suffixes come before prefixes
            { "cart.", "*" },
            { "upper.case", "Upper.Case" },
            { "[::1]:80", "[::1]:80" },
            { "elsewhere", "*" },
        };

    [Theory, MemberData(nameof(Hosts))]
    public void A_host_finds_its_domain(string host, string domain) =>
        Assert.Equal(domain, Table("").Match(Requests.Of($"GET /|host: {host}").Request, 0)?.Name);

    [Theory]
    [InlineData("shop:8080", "shop")]
    [InlineData("a.shop:1", "*.shop")]
    [InlineData("[::1]", "*")]
    public void A_port_may_be_left_out_of_it(string host, string domain) =>
        Assert.Equal(
            domain,
            Table("\"ignorePortInHostMatching\":true,").Match(Requests.Of($"GET /|host: {host}").Request, 0)?.Name
        );

    [Fact]
    public void Without_a_star_an_unknown_host_has_no_route()
    {
        var table = Requests.Table(
            """{"virtualHosts":[{"name":"v","domains":["a"],"routes":[{"match":{"prefix":"/"},"route":{"cluster":"c"}}]}]}"""
        );
        Assert.Null(table.Match(Requests.Of("GET /|host: b").Request, 0));
    }

    [Theory]
    [InlineData("ALL", "x: 1", true)]
    [InlineData("ALL", "x-envoy-internal: true", true)]
    [InlineData("ALL", "x-forwarded-proto: https", false)]
    [InlineData("ALL", "x-forwarded-proto: http", true)]
    [InlineData("EXTERNAL_ONLY", "x: 1", true)]
    [InlineData("EXTERNAL_ONLY", "x-envoy-internal: true", false)]
    [InlineData("EXTERNAL_ONLY", "x-forwarded-proto: https", false)]
    [InlineData("NONE", "x: 1", false)]
    public void Plaintext_is_sent_to_https(string requirement, string header, bool redirected)
    {
        var table = Requests.Routes(
            """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""",
            $"\"requireTls\":\"{requirement}\","
        );
        var request = Requests.Of($"GET /x?y|{header}").Request;
        var route = table.Match(request, 0)!;
        Assert.Equal(redirected, route.Spec.Action is RedirectActionSpec);
        if (!redirected)
            return;
        var response = new Lateen.Http.ResponseHead();
        Redirects.Write(route, request, response);
        Assert.Equal(301, response.Status);
        Assert.Equal("location: https://shop/x?y", Requests.Lines(response.Headers));
    }

    private static RouteTable Table(string more) =>
        Requests.Table(
            $$"""
            { {{more}} "virtualHosts":[{{string.Join(',', s_domains.Select(static domain =>
                $$"""{"name":"{{domain}}","domains":["{{domain}}"],"routes":[{"name":"{{domain}}","match":{"prefix":"/"},"route":{"cluster":"c"} }]}"""))}}]}
            """
        );
}
