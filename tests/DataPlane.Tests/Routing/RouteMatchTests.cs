// SPDX-License-Identifier: Apache-2.0
namespace DataPlane.Tests.Routing;

/// <summary>Every form of <c>RouteMatch</c>: what it takes and what it leaves.</summary>
public sealed class RouteMatchTests
{
    public static TheoryData<string, string, bool> Paths =>
        new()
        {
            { """{"prefix":"/"}""", "GET /", true },
            { """{"prefix":"/a"}""", "GET /a", true },
            { """{"prefix":"/a"}""", "GET /ab/c?d", true },
            { """{"prefix":"/a"}""", "GET /", false },
            { """{"prefix":"/a"}""", "GET /A", false },
            { """{"prefix":"/a","caseSensitive":false}""", "GET /Ab", true },
            { """{"prefix":"/a?b"}""", "GET /a?b", false }, // the query is no part of the path
            { """{"path":"/a"}""", "GET /a", true },
            { """{"path":"/a"}""", "GET /a?x=1", true },
            { """{"path":"/a"}""", "GET /a/", false },
            { """{"path":"/a"}""", "GET /ab", false },
            { """{"path":"/A","caseSensitive":false}""", "GET /a", true },
            { """{"pathSeparatedPrefix":"/a/b"}""", "GET /a/b", true },
            { """{"pathSeparatedPrefix":"/a/b"}""", "GET /a/b/", true },
            { """{"pathSeparatedPrefix":"/a/b"}""", "GET /a/b/c?d", true },
            { """{"pathSeparatedPrefix":"/a/b"}""", "GET /a/bc", false },
            { """{"pathSeparatedPrefix":"/a/b"}""", "GET /a", false },
            { """{"pathSeparatedPrefix":"/a/b","caseSensitive":false}""", "GET /A/B/c", true },
            { """{"safeRegex":{"regex":"/a/[0-9]+"}}""", "GET /a/12", true },
            { """{"safeRegex":{"regex":"/a/[0-9]+"}}""", "GET /a/12/", false }, // the whole path
            { """{"safeRegex":{"regex":"/a/[0-9]+"}}""", "GET /x/a/12", false },
            { """{"safeRegex":{"regex":"/a/\\d+"}}""", "GET /a/7?x", true },
            { """{"safeRegex":{"regex":".*"}}""", "GET /", true },
            { """{"safeRegex":{"regex":"(?i)/a"}}""", "GET /A", true },
            { """{"safeRegex":{"regex":"/a|/b"}}""", "GET /b", true },
            { """{"safeRegex":{"regex":"/a|/b"}}""", "GET /bc", false },
            { """{"connectMatcher":{}}""", "GET /", false },
            { """{"connectMatcher":{}}""", "CONNECT shop:443", true },
        };

    public static TheoryData<string, string, bool> Headers =>
        new()
        {
            // string_match, and the older forms that say the same
            { """{"name":"x","stringMatch":{"exact":"a"}}""", "x: a", true },
            { """{"name":"x","stringMatch":{"exact":"a"}}""", "x: A", false },
            { """{"name":"X","stringMatch":{"exact":"a"}}""", "X: a", true },
            { """{"name":"x","stringMatch":{"exact":"a","ignoreCase":true}}""", "x: A", true },
            { """{"name":"x","exactMatch":"a"}""", "x: a", true },
            { """{"name":"x","exactMatch":"a"}""", "x: ab", false },
            { """{"name":"x","stringMatch":{"prefix":"ab"}}""", "x: abc", true },
            { """{"name":"x","prefixMatch":"ab"}""", "x: xab", false },
            { """{"name":"x","stringMatch":{"prefix":"AB","ignoreCase":true}}""", "x: abc", true },
            { """{"name":"x","stringMatch":{"suffix":"bc"}}""", "x: abc", true },
            { """{"name":"x","suffixMatch":"bc"}""", "x: bcd", false },
            { """{"name":"x","stringMatch":{"contains":"b"}}""", "x: abc", true },
            { """{"name":"x","containsMatch":"z"}""", "x: abc", false },
            { """{"name":"x","stringMatch":{"contains":"B","ignoreCase":true}}""", "x: abc", true },
            { """{"name":"x","stringMatch":{"safeRegex":{"regex":"a.c"}}}""", "x: abc", true },
            { """{"name":"x","safeRegexMatch":{"regex":"a.c"}}""", "x: abcd", false },
            // presence
            { """{"name":"x"}""", "x: anything", true },
            { """{"name":"x"}""", "y: 1", false },
            { """{"name":"x","presentMatch":true}""", "x: ", true },
            { """{"name":"x","presentMatch":true}""", "y: 1", false },
            { """{"name":"x","presentMatch":false}""", "y: 1", true },
            { """{"name":"x","presentMatch":false}""", "x: 1", false },
            { """{"name":"x","presentMatch":true,"invertMatch":true}""", "y: 1", true },
            { """{"name":"x","presentMatch":true,"invertMatch":true}""", "x: 1", false },
            // ranges are half open
            { """{"name":"x","rangeMatch":{"start":"1","end":"10"}}""", "x: 1", true },
            { """{"name":"x","rangeMatch":{"start":"1","end":"10"}}""", "x: 10", false },
            { """{"name":"x","rangeMatch":{"start":"-10","end":"0"}}""", "x: -1", true },
            { """{"name":"x","rangeMatch":{"start":"1","end":"10"}}""", "x: 5x", false },
            { """{"name":"x","rangeMatch":{"start":"1","end":"10"}}""", "x: five", false },
            { """{"name":"x","rangeMatch":{"start":"1","end":"10"},"invertMatch":true}""", "x: 11", true },
            // turned round, and missing
            { """{"name":"x","stringMatch":{"exact":"a"},"invertMatch":true}""", "x: b", true },
            { """{"name":"x","stringMatch":{"exact":"a"},"invertMatch":true}""", "x: a", false },
            { """{"name":"x","stringMatch":{"exact":"a"},"invertMatch":true}""", "y: 1", false },
            {
                """{"name":"x","stringMatch":{"exact":"a"},"invertMatch":true,"treatMissingHeaderAsEmpty":true}""",
                "y: 1",
                true
            },
            { """{"name":"x","stringMatch":{"exact":""},"treatMissingHeaderAsEmpty":true}""", "y: 1", true },
            {
                """{"name":"x","rangeMatch":{"start":"1","end":"10"},"invertMatch":true,"treatMissingHeaderAsEmpty":true}""",
                "y: 1",
                true
            },
            // several lines are one with commas
            { """{"name":"x","stringMatch":{"exact":"a,b"}}""", "x: a|x: b", true },
            { """{"name":"x","stringMatch":{"exact":"a"}}""", "x: a|x: b", false },
            // the start line
            { """{"name":":method","stringMatch":{"exact":"GET"}}""", "y: 1", true },
            { """{"name":":method","stringMatch":{"exact":"POST"}}""", "y: 1", false },
            { """{"name":":authority","stringMatch":{"exact":"shop"}}""", "y: 1", true },
            { """{"name":"host","stringMatch":{"prefix":"sh"}}""", "y: 1", true },
            { """{"name":":path","stringMatch":{"suffix":"?q=1"}}""", "y: 1", true },
            { """{"name":":scheme","stringMatch":{"exact":"http"}}""", "y: 1", true },
        };

    public static TheoryData<string, string, bool> Queries =>
        new()
        {
            { """{"name":"a","stringMatch":{"exact":"1"}}""", "GET /?a=1", true },
            { """{"name":"a","stringMatch":{"exact":"1"}}""", "GET /?b=2&a=1", true },
            { """{"name":"a","stringMatch":{"exact":"1"}}""", "GET /?a=2&a=1", false }, // the first counts
            { """{"name":"a","stringMatch":{"exact":"1"}}""", "GET /?A=1", false },
            { """{"name":"a","stringMatch":{"exact":"1"}}""", "GET /", false },
            { """{"name":"a","stringMatch":{"safeRegex":{"regex":"[0-9]+"}}}""", "GET /?a=42", true },
            { """{"name":"a","stringMatch":{"exact":""}}""", "GET /?a", true },
            { """{"name":"a"}""", "GET /?a", true },
            { """{"name":"a"}""", "GET /?ab=1", false },
            { """{"name":"a","presentMatch":true}""", "GET /?a=", true },
            { """{"name":"a","presentMatch":true}""", "GET /?b", false },
            { """{"name":"a","presentMatch":false}""", "GET /?b", true },
            { """{"name":"a","presentMatch":false}""", "GET /?a=1", false },
        };

    public static TheoryData<string, bool> GrpcTypes =>
        new()
        {
            { "content-type: application/grpc", true },
            { "content-type: application/grpc+proto", true },
            { "content-type: application/grpc;charset=x", true },
            { "content-type: application/grpc-web", false },
            { "content-type: application/json", false },
            { "x: y", false },
        };

    [Theory, MemberData(nameof(Paths))]
    public void Path(string match, string request, bool matches) => Expect(match, request, matches);

    [Theory, MemberData(nameof(Headers))]
    public void Header(string header, string lines, bool matches) =>
        Expect($$"""{"prefix":"/","headers":[{{header}}]}""", $"GET /p?q=1|{lines}", matches);

    [Theory, MemberData(nameof(Queries))]
    public void Query(string parameter, string request, bool matches) =>
        Expect($$"""{"prefix":"/","queryParameters":[{{parameter}}]}""", request, matches);

    [Theory, MemberData(nameof(GrpcTypes))]
    public void Grpc(string header, bool matches) =>
        Expect("""{"prefix":"/","grpc":{}}""", $"POST /s/m|{header}", matches);

    [Theory]
    [InlineData(25, "HUNDRED", 0.25)]
    [InlineData(25, "TEN_THOUSAND", 0.0025)]
    [InlineData(250000, "MILLION", 0.25)]
    [InlineData(0, "HUNDRED", 0)]
    [InlineData(100, "HUNDRED", 1)]
    [InlineData(150, "HUNDRED", 1)]
    public void Runtime_fraction(uint numerator, string denominator, double share)
    {
        var table = Requests.Routes(
            $$"""
            {"match":{"prefix":"/","runtimeFraction":{"defaultValue":{"numerator":{{numerator}},"denominator":"{{denominator}}"} } },"route":{"cluster":"a"} }
            """
        );
        var request = Requests.Of("GET /").Request;
        var draws = new Random(3);
        var matched = Enumerable
            .Range(0, 40_000)
            .Count(_ => table.Match(request, (ulong)draws.NextInt64()) is not null);
        Assert.InRange(matched / 40_000.0, share * 0.9, Math.Min(1, (share * 1.1) + 0.0005));
    }

    [Fact]
    public void All_conditions_must_hold_and_the_first_route_wins()
    {
        var table = Requests.Routes(
            """
            {"name":"both","match":{"prefix":"/","headers":[{"name":"x"},{"name":"y"}],"queryParameters":[{"name":"q"}]},"route":{"cluster":"a"}},
            {"name":"x","match":{"prefix":"/","headers":[{"name":"x"}]},"route":{"cluster":"a"}},
            {"name":"x again","match":{"prefix":"/","headers":[{"name":"x"}]},"route":{"cluster":"a"}}
            """
        );
        Assert.Equal("both", table.Match(Requests.Of("GET /?q|x: 1|y: 1").Request, 0)?.Name);
        Assert.Equal("x", table.Match(Requests.Of("GET /|x: 1|y: 1").Request, 0)?.Name);
        Assert.Null(table.Match(Requests.Of("GET /?q|y: 1").Request, 0));
    }

    private static void Expect(string match, string request, bool matches)
    {
        var table = Requests.Routes($$"""{"match":{{match}},"route":{"cluster":"a"} }""");
        Assert.Equal(matches, table.Match(Requests.Of(request).Request, 0) is not null);
    }
}
