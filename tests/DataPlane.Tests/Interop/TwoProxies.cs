// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Interop;

/// <summary>Client → A → B → server, as two sidecars have it, with HTTP/2 on every hop.</summary>
internal sealed class TwoProxies : IDisposable
{
    private const string Http2 = """
        "typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{
          "@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
          "explicitHttpConfig":{"http2ProtocolOptions":{}}}},
        """;

    /// <summary>A deadline that the route shortens; and everything else, however long it takes.</summary>
    private const string Routes = """
        {"match":{"prefix":"/","headers":[{"name":"to","stringMatch":{"exact":"gone-#"}}]},"route":{"cluster":"gone"}},
        {"match":{"prefix":"/","headers":[{"name":"to","stringMatch":{"exact":"short"}}]},
         "route":{"cluster":"next","timeout":"0s","maxStreamDuration":{"grpcTimeoutHeaderMax":"0.3s"}}},
        {"match":{"prefix":"/"},"route":{"cluster":"next","timeout":"0s"}}
        """;

    public TwoProxies(int server)
    {
        var toServer = Start(B, server, "b");
        Port = Start(A, toServer, "a");
    }

    public ProxyFixture A { get; } = new();

    public ProxyFixture B { get; } = new();

    /// <summary>Where the first proxy listens.</summary>
    public int Port { get; }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }

    private static int Start(ProxyFixture proxy, int next, string name)
    {
        Assert.Empty(
            proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("next", WithHttp2(ProxyFixture.Cluster("next", next))),
                // Nobody listens on port 1.
                ("gone", WithHttp2(ProxyFixture.Cluster("gone", 1)))
            )
        );
        return proxy
            .Http(Routes.Replace("gone-#", $"gone-{name}", StringComparison.Ordinal), "\"codecType\":\"HTTP2\",")
            .Port;
    }

    public static string WithHttp2(string cluster) =>
        cluster.Replace("{\"name\"", "{" + Http2 + "\"name\"", StringComparison.Ordinal);
}
