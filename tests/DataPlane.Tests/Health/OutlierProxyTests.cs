// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using Lateen.Xds;
using static DataPlane.Tests.Server.ProxyFixture;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Health;

/// <summary>Outlier detection in a serving proxy, fed by real answers.</summary>
public sealed class OutlierProxyTests : IDisposable
{
    private readonly ProxyFixture _proxy = new();
    private readonly ScriptedServer _good = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood");

    public void Dispose()
    {
        _proxy.Dispose();
        _good.Dispose();
    }

    [Fact]
    public void An_endpoint_that_answers_with_failures_gets_no_more_requests()
    {
        using var bad = ScriptedServer.Always("HTTP/1.1 500 Oops\r\ncontent-length: 3\r\n\r\nbad");
        Assert.Equal(3, FailuresUntilEjected(bad));
    }

    [Fact]
    public void An_endpoint_that_hangs_up_gets_no_more_requests()
    {
        using var bad = new ScriptedServer(static (server, socket, _) => server.ReadHead(socket));
        Assert.Equal(3, FailuresUntilEjected(bad));
    }

    [Fact]
    public void An_endpoint_that_is_too_slow_gets_no_more_requests()
    {
        using var bad = new ScriptedServer(
            static (server, socket, _) =>
            {
                server.ReadHead(socket);
                server.ReadHead(socket);
            }
        );
        Assert.Equal(3, FailuresUntilEjected(bad, ",\"timeout\":\"0.05s\""));
    }

    /// <summary>Requests that fail before the bad one of two endpoints is out; ten good ones must follow.</summary>
    private int FailuresUntilEjected(ScriptedServer bad, string routeFields = "")
    {
        static string Endpoint(int port) =>
            $$"""{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{port}} } } } }""";
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$"""
                    {"name":"a","type":"STATIC","loadAssignment":{"endpoints":[{"lbEndpoints":[{{Endpoint(
                        bad.Port
                    )}},{{Endpoint(_good.Port)}}]}]},
                     "outlierDetection":{"consecutive5xx":3,"maxEjectionPercent":50},"commonLbConfig":{"healthyPanicThreshold":{"value":0} } }
                    """
                )
            )
        );
        var at = _proxy.Http($$"""{"match":{"prefix":"/"},"route":{"cluster":"a"{{routeFields}} } }""");
        var failures = 0;
        for (var i = 0; i < 20 && !_proxy.Runtime.Current.Clusters["a"].Endpoints.Any(static e => e.IsEjected); i++)
            failures += Ask(at).StartsWith("HTTP/1.1 5", StringComparison.Ordinal) ? 1 : 0;
        for (var i = 0; i < 10; i++)
            Assert.EndsWith("good", Ask(at));
        return failures;
    }

    private static string Ask(System.Net.IPEndPoint at) =>
        Converse(at, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}
