// SPDX-License-Identifier: Apache-2.0
using System.Text;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Lateen.Proxy.Http;
using Lateen.Xds;
using static DataPlane.Tests.Server.ProxyFixture;
using ClusterApi = Envoy.Config.Cluster.V3;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.Clusters;

/// <summary>HTTP requests to clusters of type ORIGINAL_DST: where a header says, where the client meant to go, at which port.</summary>
public sealed class OriginalHostTests : IDisposable
{
    private const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";
    private const string ByHeader = "\"useHttpHeader\":true";

    private readonly ProxyFixture _proxy = new();
    private readonly ScriptedServer _upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");

    public void Dispose()
    {
        _proxy.Dispose();
        _upstream.Dispose();
    }

    /// <summary>The cluster's settings, the request's headers, its status, and the headers that named nothing; UP is the upstream's port.</summary>
    [Theory]
    [InlineData(ByHeader, "x-envoy-original-dst-host: 127.0.0.1:UP\r\n", 200, 0)]
    [InlineData(ByHeader, "X-Envoy-Original-Dst-Host: [::ffff:127.0.0.1]:UP\r\n", 200, 0)]
    [InlineData(ByHeader, "x-envoy-original-dst-host: 127.0.0.1:UP\r\nx-envoy-original-dst-host: nonsense\r\n", 200, 0)]
    [InlineData(ByHeader, "x-envoy-original-dst-host: nonsense\r\nx-envoy-original-dst-host: 127.0.0.1:UP\r\n", 503, 1)]
    [InlineData(ByHeader, "x-envoy-original-dst-host: localhost:UP\r\n", 503, 1)]
    [InlineData(ByHeader, "x-envoy-original-dst-host: 127.0.0.1\r\n", 503, 1)]
    [InlineData(ByHeader, "", 503, 0)]
    [InlineData("", "x-envoy-original-dst-host: 127.0.0.1:UP\r\n", 503, 0)] // nobody asked for it
    [InlineData(ByHeader + ",\"httpHeaderName\":\"X-Go-To\"", "x-go-to: 127.0.0.1:UP\r\n", 200, 0)]
    [InlineData(ByHeader + ",\"httpHeaderName\":\"X-Go-To\"", "x-envoy-original-dst-host: 127.0.0.1:UP\r\n", 503, 0)]
    [InlineData(ByHeader + ",\"upstreamPortOverride\":UP", "x-envoy-original-dst-host: 127.0.0.1:1\r\n", 200, 0)]
    public void A_request_goes_where_its_header_says(string settings, string headers, int status, int invalid)
    {
        Cluster(settings);
        var at = _proxy.Http(ToA);
        var answer = Converse(at, $"GET / HTTP/1.1\r\nHost: a\r\n{Filled(headers)}connection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == 200 ? 1 : 0, _upstream.Connections);
        Assert.Equal(invalid, _proxy.Stat("cluster.a.original_dst_host_invalid"));
        Assert.Equal(status == 200 ? 0 : 1, _proxy.Stat("cluster.a.upstream_cx_none_healthy"));
    }

    /// <summary>
    /// What the PROXY protocol says under a type of its own comes before the request's header, for HTTP and for TCP; what it does not
    /// say, or what is no address, leaves it to the header. NONE is a port where nobody listens.
    /// </summary>
    [Theory]
    [InlineData("127.0.0.1:UP", "127.0.0.1:NONE", 200, 0)]
    [InlineData("", "127.0.0.1:UP", 200, 0)]
    [InlineData("localhost:UP", "127.0.0.1:UP", 200, 1)]
    [InlineData("localhost:UP", "", 503, 1)]
    [InlineData("127.0.0.1:UP", "", 200, 0)]
    public void A_connection_goes_where_its_metadata_says(string noted, string header, int status, int invalid)
    {
        Cluster(ByHeader + ",\"metadataKey\":{\"key\":\"own\",\"path\":[{\"key\":\"to\"}]}");
        var filter = TlsJson.Filter(
            "proxy_protocol.v3.ProxyProtocol",
            "\"rules\":[{\"tlvType\":234,\"onTlvPresent\":{\"metadataNamespace\":\"own\",\"key\":\"to\"}}]"
        );
        var (name, json) = Overload.Listeners.Http("l", ToA, listener: $"\"listenerFilters\":[{filter}],");
        Assert.Empty(_proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, (name, json)));
        var line = header.Length > 0 ? $"x-envoy-original-dst-host: {Filled(header)}\r\n" : "";
        var request = $"GET / HTTP/1.1\r\nHost: a\r\n{line}connection: close\r\n\r\n";
        var answer = Converse(_proxy.Address("l"), Introduction(Filled(noted)) + request);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == 200 ? 1 : 0, _upstream.Connections);
        Assert.Equal(invalid, _proxy.Stat("cluster.a.original_dst_host_invalid"));
    }

    [Fact]
    public void A_tcp_connection_goes_where_its_metadata_says()
    {
        Cluster("\"metadataKey\":{\"key\":\"own\",\"path\":[{\"key\":\"to\"}]}");
        var filter = TlsJson.Filter(
            "proxy_protocol.v3.ProxyProtocol",
            "\"rules\":[{\"tlvType\":234,\"onTlvPresent\":{\"metadataNamespace\":\"own\",\"key\":\"to\"}}]"
        );
        var listener = Overload.Listeners.Tcp("l", listener: $"\"listenerFilters\":[{filter}],");
        Assert.Empty(_proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, listener));
        var at = _proxy.Address("l");
        const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        using var client = new Overload.Client(at);
        Assert.StartsWith("HTTP/1.1 200 ", client.Ask(Introduction(Filled("127.0.0.1:UP")) + Request));
        Assert.Equal(1, _upstream.Connections);
    }

    /// <summary>Requests of one client to several hosts, each by its own header, over connections that are kept.</summary>
    [Fact]
    public void Each_request_goes_its_own_way()
    {
        using var other = ScriptedServer.Always("HTTP/1.1 204 No Content\r\n\r\n");
        Cluster(ByHeader);
        var at = _proxy.Http(ToA);
        int[] ports = [_upstream.Port, other.Port, _upstream.Port, other.Port];
        var requests = ports.Select(
            static (port, i) =>
                $"GET / HTTP/1.1\r\nHost: a\r\nx-envoy-original-dst-host: 127.0.0.1:{port}\r\n"
                + (i < 3 ? "\r\n" : "connection: close\r\n\r\n")
        );
        var answer = Converse(at, string.Concat(requests));
        Assert.Equal(["200", "204", "200", "204"], answer.Split("HTTP/1.1 ").Skip(1).Select(static head => head[..3]));
        Assert.Equal((1, 1), (_upstream.Connections, other.Connections));
    }

    [Theory]
    [InlineData("192.0.2.1:80", "192.0.2.1:80")]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]:443")]
    [InlineData("192.0.2.1", null)]
    [InlineData("192.0.2.1:", null)]
    [InlineData("192.0.2.1:65536", null)]
    [InlineData("192.0.2.1:+1", null)]
    [InlineData("192.0.2.1:8x", null)]
    [InlineData("[192.0.2.1]:80", null)]
    [InlineData("2001:db8::1:80", null)]
    [InlineData("[fe80::1%lo]:80", null)]
    [InlineData("10.1:80", null)]
    [InlineData("example:80", null)]
    [InlineData(":80", null)]
    [InlineData("", null)]
    public void Hosts_are_addresses_with_ports(string text, string? expected) =>
        Assert.Equal(
            expected,
            OriginalHost.TryParse(Encoding.ASCII.GetBytes(text), out var host) ? host.ToString() : null
        );

    private void Cluster(string settings)
    {
        var config = settings.Length > 0 ? $",\"originalDstLbConfig\":{{{Filled(settings)}}}" : "";
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $"{{\"name\":\"a\",\"type\":\"ORIGINAL_DST\",\"lbPolicy\":\"CLUSTER_PROVIDED\",\"connectTimeout\":\"2s\"{config}}}"
                )
            )
        );
    }

    /// <summary>A PROXY protocol header of version 2 that is about nobody, with a value of type 234.</summary>
    private static string Introduction(string noted)
    {
        var value = noted.Length > 0 ? $"\xEA\0{(char)noted.Length}{noted}" : "";
        return $"\r\n\r\n\0\r\nQUIT\n\x21\x11\0{(char)(12 + value.Length)}\x7f\0\0\x01\x7f\0\0\x01\0\x63\0\x50{value}";
    }

    private string Filled(string text) =>
        text.Replace("NONE", $"{FreePorts.Next()}", StringComparison.Ordinal)
            .Replace("UP", $"{_upstream.Port}", StringComparison.Ordinal);
}
