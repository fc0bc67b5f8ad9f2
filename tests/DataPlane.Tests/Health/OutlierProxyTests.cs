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
        Assert.Equal(3, FailuresUntilEjected(bad, ",\"timeout\":\"0.4s\""));
    }

    private const string GrpcHead = "HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\n";
    private const string Chunked = GrpcHead + "transfer-encoding: chunked\r\n\r\n";

    /// <summary>An answer to a gRPC call; whether three of them are enough. The last byte of a message is what went wrong.</summary>
    public static TheoryData<string, string, bool> GrpcAnswers =>
        new()
        {
            { "UNAVAILABLE in a head without body", GrpcHead + "grpc-status: 14\r\ncontent-length: 0\r\n\r\n", true },
            { "INTERNAL likewise", GrpcHead + "grpc-status: 13\r\ncontent-length: 0\r\n\r\n", true },
            { "NOT_FOUND likewise", GrpcHead + "grpc-status: 5\r\ncontent-length: 0\r\n\r\n", false },
            { "no status at all", GrpcHead + "content-length: 0\r\n\r\n", false },
            { "HTTP's status", "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n", true },
            { "UNAVAILABLE in trailers", Chunked + "1\r\na\r\n0\r\ngrpc-status: 14\r\n\r\n", true },
            { "DEADLINE_EXCEEDED in trailers", Chunked + "1\r\na\r\n0\r\ngrpc-status: 4\r\n\r\n", true },
            { "no number in trailers", Chunked + "1\r\na\r\n0\r\ngrpc-status: ?\r\n\r\n", true },
            { "PERMISSION_DENIED in trailers", Chunked + "1\r\na\r\n0\r\ngrpc-status: 7\r\n\r\n", false },
            { "OK in trailers", Chunked + "1\r\na\r\n0\r\ngrpc-status: 0\r\n\r\n", false },
            { "an end before its time", Chunked + "1\r\na\r\n", true },
        };

    [Theory, MemberData(nameof(GrpcAnswers))]
    public void A_grpc_call_is_judged_by_its_status(string name, string answer, bool isFailure)
    {
        using var bad = new ScriptedServer(
            (server, socket, _) =>
            {
                // A connection that closes while it waits in the pool would be one more failure, and nobody's.
                while (server.ReadHead(socket) is not null)
                {
                    ScriptedServer.Send(socket, answer);
                    if (!answer.EndsWith("\r\n\r\n", StringComparison.Ordinal))
                        return;
                }
            }
        );
        var at = Start(bad);
        var others = 0;
        for (var i = 0; i < 12; i++)
            others += Ask(at, "content-type: application/grpc\r\n").EndsWith("good", StringComparison.Ordinal) ? 0 : 1;
        Assert.True(others == (isFailure ? 3 : 6), $"{name}: {others} of 12 went to the bad one");
    }

    /// <summary>Requests that fail before the bad one of two endpoints is out; ten good ones must follow.</summary>
    private int FailuresUntilEjected(ScriptedServer bad, string routeFields = "")
    {
        var at = Start(bad, routeFields);
        var failures = 0;
        for (var i = 0; i < 20 && !_proxy.Runtime.Current.Clusters["a"].Endpoints.Any(static e => e.IsEjected); i++)
            failures += Ask(at).StartsWith("HTTP/1.1 5", StringComparison.Ordinal) ? 1 : 0;
        for (var i = 0; i < 10; i++)
            Assert.EndsWith("good", Ask(at));
        return failures;
    }

    /// <summary>Two endpoints that take turns, the bad one first; three failures in a row are enough.</summary>
    private System.Net.IPEndPoint Start(ScriptedServer bad, string routeFields = "")
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
        return _proxy.Http($$"""{"match":{"prefix":"/"},"route":{"cluster":"a"{{routeFields}} } }""");
    }

    private static string Ask(System.Net.IPEndPoint at, string lines = "") =>
        Converse(at, $"POST / HTTP/1.1\r\nHost: a\r\n{lines}Content-Length: 0\r\nConnection: close\r\n\r\n");
}
