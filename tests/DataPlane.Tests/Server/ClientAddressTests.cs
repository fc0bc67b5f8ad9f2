// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Proxy.Filters;
using Lateen.Xds;
using static DataPlane.Tests.Server.ProxyFixture;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Server;

/// <summary>
/// Whose request it is: x-forwarded-for, trusted hops and internal addresses decide what is believed of a request's headers, and
/// what the upstream is told of its client.
/// </summary>
public sealed class ClientAddressTests : IDisposable
{
    private const string Edge = "\"useRemoteAddress\":true,";
    private const string Private = "\"internalAddressConfig\":{},";
    private const string Hop = "\"xffNumTrustedHops\":1,";
    private const string Ranges =
        "\"internalAddressConfig\":{\"cidrRanges\":[{\"addressPrefix\":\"192.0.2.77\",\"prefixLen\":26},{\"addressPrefix\":\"2001:db8::\",\"prefixLen\":33}]},";

    private readonly ProxyFixture _proxy = new();
    private readonly ScriptedServer _upstream = ScriptedServer.Echo();

    public ClientAddressTests() => _proxy.Clusters(_upstream.Port);

    public void Dispose()
    {
        _proxy.Dispose();
        _upstream.Dispose();
    }

    /// <summary>
    /// <c>source_ip</c> hashes the client that is believed, so that clients behind one proxy spread, and each stays: of 64 at least one
    /// goes elsewhere. Where nobody is believed the connection's peer counts, and all are one.
    /// </summary>
    [Theory]
    [InlineData("", 2)]
    [InlineData("\"useRemoteAddress\":true,", 1)]
    [InlineData("\"useRemoteAddress\":true,\"xffNumTrustedHops\":1,", 2)]
    public void Source_hashes_are_of_the_trusted_client(string manager, int endpoints)
    {
        using var proxy = new ProxyFixture();
        using var a = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nA");
        using var b = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nB");
        string Endpoint(int port) =>
            $$$$"""{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{{{port}}}} } } } }""";
        var cluster = $$$$"""
            {"name":"a","type":"STATIC","lbPolicy":"RING_HASH","connectTimeout":"2s","loadAssignment":{"clusterName":"a","endpoints":[
              {"lbEndpoints":[{{{{Endpoint(a.Port)}}}},{{{{Endpoint(b.Port)}}}}]}]}}
            """;
        Assert.Empty(proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("a", cluster)));
        var at = proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a","hashPolicy":[{"connectionProperties":{"sourceIp":true}}]}}""",
            manager
        );
        var requests = string.Concat(
            Enumerable
                .Range(0, 128)
                .Select(static i => $"GET / HTTP/1.1\r\nHost: a\r\nx-forwarded-for: 203.0.113.{i % 64}\r\n\r\n")
        );
        var answer = ProxyFixture.Converse(at, requests + "GET /end HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n");
        var served = answer.Split("\r\n\r\n").Skip(1).Take(128).Select(static body => body[0]).ToArray();
        Assert.Equal(served[..64], served[64..]);
        Assert.Equal(endpoints, served.Distinct().Count());
    }

    /// <summary>The manager, x-forwarded-for as it came, whether the request is internal, and x-forwarded-for and external address as they go.</summary>
    public static TheoryData<string, string, bool, string, string> Clients =>
        new()
        {
            // A sidecar: the application's word
            { "", "", false, "", "" },
            { "", "10.0.0.1", false, "10.0.0.1", "" }, // nobody is internal unless configured
            { Private, "", false, "", "" },
            { Private, "10.0.0.1", true, "10.0.0.1", "" },
            { Private, " 10.0.0.1 ", true, "10.0.0.1", "" },
            { Private, "172.15.0.1", false, "172.15.0.1", "" },
            { Private, "172.31.255.255", true, "172.31.255.255", "" },
            { Private, "172.32.0.1", false, "172.32.0.1", "" },
            { Private, "192.168.7.7", true, "192.168.7.7", "" },
            { Private, "127.0.0.1", true, "127.0.0.1", "" },
            { Private, "127.0.0.2", false, "127.0.0.2", "" },
            { Private, "fd12::1", true, "fd12::1", "" },
            { Private, "fc12::1", false, "fc12::1", "" },
            { Private, "::1", true, "::1", "" },
            { Private, "203.0.113.1", false, "203.0.113.1", "" },
            { Private, "10.0.0.1,10.0.0.2", false, "10.0.0.1,10.0.0.2", "" },
            { Private, "10.0.0.1, 10.0.0.2", false, "10.0.0.1, 10.0.0.2", "" },
            { Private, "10.0.0.1:80", false, "10.0.0.1:80", "" },
            { Private, "10.0.0.01", false, "10.0.0.01", "" },
            { Private, "10.1", false, "10.1", "" },
            { Private, "ten", false, "ten", "" },
            { Private, "[::1]", false, "[::1]", "" },
            { Private, "fd12::1%lo", false, "fd12::1%lo", "" },
            { Private, "::ffff:10.0.0.1", false, "::ffff:10.0.0.1", "" },
            { Ranges, "192.0.2.64", true, "192.0.2.64", "" },
            { Ranges, "192.0.2.127", true, "192.0.2.127", "" },
            { Ranges, "192.0.2.128", false, "192.0.2.128", "" },
            { Ranges, "2001:db8:7fff::1", true, "2001:db8:7fff::1", "" },
            { Ranges, "2001:db8:8000::1", false, "2001:db8:8000::1", "" },
            { Ranges, "10.0.0.1", false, "10.0.0.1", "" },
            // An edge: the peer's address
            { Edge, "", false, "127.0.0.1", "127.0.0.1" },
            { Edge, "203.0.113.1", false, "203.0.113.1,127.0.0.1", "127.0.0.1" },
            { Edge + Private, "", true, "127.0.0.1", "" },
            { Edge + Private, "10.0.0.1", false, "10.0.0.1,127.0.0.1", "127.0.0.1" },
            { Edge + "\"skipXffAppend\":true,", "203.0.113.1", false, "203.0.113.1", "127.0.0.1" },
            // An edge behind a balancer
            { Edge + Hop, "203.0.113.1", false, "203.0.113.1,127.0.0.1", "203.0.113.1" },
            { Edge + Hop, "6.6.6.6, 203.0.113.1", false, "6.6.6.6, 203.0.113.1,127.0.0.1", "203.0.113.1" },
            { Edge + Hop, "2001:db8::9", false, "2001:db8::9,127.0.0.1", "2001:db8::9" },
            { Edge + Hop, "nonsense", false, "nonsense,127.0.0.1", "127.0.0.1" },
            { Edge + Hop, "", false, "127.0.0.1", "127.0.0.1" },
            { Hop + Private, "10.0.0.1,203.0.113.1", false, "10.0.0.1,203.0.113.1", "" },
        };

    [Theory, MemberData(nameof(Clients))]
    public void A_client_is_who_the_configuration_believes(
        string manager,
        string forwardedFor,
        bool isInternal,
        string sent,
        string external
    )
    {
        var seen = Ask(
            _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a"}}""", manager),
            forwardedFor.Length > 0 ? $"X-Forwarded-For: {forwardedFor}\r\n" : ""
        );
        Assert.Equal(isInternal, seen.ContainsKey("x-envoy-internal"));
        Assert.Equal(isInternal, seen.ContainsKey("x-envoy-force-trace"));
        Assert.Equal(sent, seen.GetValueOrDefault("x-forwarded-for", ""));
        Assert.Equal(external, seen.GetValueOrDefault("x-envoy-external-address", ""));
    }

    /// <summary>What is believed of strangers' headers: at a sidecar, and at an edge.</summary>
    [Theory]
    [InlineData("x-envoy-internal", false, false)]
    [InlineData("x-envoy-retry-on", false, false)]
    [InlineData("x-envoy-retry-grpc-on", false, false)]
    [InlineData("x-envoy-max-retries", false, false)]
    [InlineData("x-envoy-retriable-status-codes", false, false)]
    [InlineData("x-envoy-retriable-header-names", false, false)]
    [InlineData("x-envoy-upstream-rq-timeout-ms", false, false)]
    [InlineData("x-envoy-upstream-rq-per-try-timeout-ms", false, false)]
    [InlineData("x-envoy-upstream-rq-timeout-alt-response", false, false)]
    [InlineData("x-envoy-upstream-alt-stat-name", false, false)]
    [InlineData("x-envoy-hedge-on-per-try-timeout", false, false)]
    [InlineData("x-envoy-ip-tags", false, false)]
    [InlineData("x-envoy-original-url", false, false)]
    [InlineData("x-envoy-decorator-operation", true, false)]
    [InlineData("x-envoy-downstream-service-cluster", true, false)]
    [InlineData("x-envoy-downstream-service-node", true, false)]
    [InlineData("x-envoy-peer-metadata", true, true)]
    [InlineData("x-envoy-peer-metadata-id", true, true)]
    [InlineData("x-envoy-fault-delay-request", true, true)]
    [InlineData("x-request-id", true, false)]
    public void Strangers_are_believed_little(string name, bool atSidecar, bool atEdge)
    {
        using var edge = new ProxyFixture();
        edge.Clusters(_upstream.Port);
        const string Route = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";
        var line = $"{name}: mine\r\n";
        Assert.Equal(atSidecar, Ask(_proxy.Http(Route), line).GetValueOrDefault(name) == "mine");
        Assert.Equal(atEdge, Ask(edge.Http(Route, Edge), line).GetValueOrDefault(name) == "mine");
    }

    /// <summary>The manager, x-forwarded-proto as it came, and as it goes: what the connection is, not what the target says.</summary>
    [Theory]
    [InlineData("", "", "GET /", "http")]
    [InlineData("", "https", "GET /", "https")]
    [InlineData("", "", "GET https://a/", "http")]
    [InlineData(Edge, "https", "GET /", "http")]
    [InlineData(Edge + Hop, "https", "GET /", "https")]
    [InlineData(Edge + Hop, "", "GET /", "http")]
    public void The_upstream_is_told_what_the_client_spoke(string manager, string came, string line, string goes)
    {
        var header = came.Length > 0 ? $"X-Forwarded-Proto: {came}\r\n" : "";
        var at = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a"}}""", manager);
        Assert.Equal(goes, Ask(at, header, line)["x-forwarded-proto"]);
    }

    [Fact]
    public void Several_lines_are_one_list()
    {
        var seen = Ask(
            _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a"}}""", Edge),
            $"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: {string.Join(',', Enumerable.Repeat("192.0.2.2", 100))}\r\n"
        );
        Assert.Equal(
            $"192.0.2.1,{string.Join(',', Enumerable.Repeat("192.0.2.2", 100))},127.0.0.1",
            seen["x-forwarded-for"]
        );
    }

    [Fact]
    public void A_plaintext_request_is_not_https_by_its_target()
    {
        var at = _proxy.Http(
            """{"match":{"prefix":"/","headers":[{"name":"x-forwarded-proto","stringMatch":{"exact":"https"}}]},"route":{"cluster":"a"}}"""
        );
        Assert.StartsWith(
            "HTTP/1.1 404 ",
            Converse(at, "GET https://a/ HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Clients_of_Unix_sockets_are_internal_where_they_are_said_to_be()
    {
        Assert.False(new InternalAddresses(InternalAddresses.Private, unixSockets: false).Contains([]));
        Assert.True(new InternalAddresses([], unixSockets: true).Contains([]));
    }

    private static Dictionary<string, string> Ask(IPEndPoint at, string headers, string line = "GET /")
    {
        var answer = Converse(
            at,
            $"{line} HTTP/1.1\r\nHost: a\r\nx-envoy-force-trace: 1\r\n{headers}connection: close\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        return answer
            .Split("\r\n\r\n")[1]
            .Split("\r\n")
            .Skip(1)
            .Select(static text => text.Split(": ", 2))
            .ToDictionary(static parts => parts[0], static parts => parts[1]);
    }
}
