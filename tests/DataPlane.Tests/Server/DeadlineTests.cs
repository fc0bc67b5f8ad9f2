// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Http;
using static DataPlane.Tests.Server.ProxyFixture;

namespace DataPlane.Tests.Server;

/// <summary>Times that end an exchange from outside, and refusals before anything was tried: what HTTP and gRPC clients see.</summary>
public sealed class DeadlineTests : IDisposable
{
    private const string Close = "connection: close\r\n\r\n";
    private const string Grpc =
        "POST /a.B/C HTTP/1.1\r\nHost: a\r\ncontent-type: application/grpc\r\ncontent-length: 0\r\n";

    private readonly ProxyFixture _proxy = new();

    public void Dispose() => _proxy.Dispose();

    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3_000)]
    [InlineData("150m", 150)]
    [InlineData("2500u", 3)]
    [InlineData("1n", 1)]
    [InlineData("0S", 1)]
    [InlineData("99999999S", 99_999_999_000)]
    [InlineData("999999999S", -1)]
    [InlineData("S", -1)]
    [InlineData("5", -1)]
    [InlineData("5s", -1)]
    [InlineData("-5S", -1)]
    [InlineData("5 S", -1)]
    [InlineData("", -1)]
    public void A_grpc_timeout_is_digits_and_a_unit(string text, long milliseconds)
    {
        var isTimeout = GrpcTimeout.TryParse(Encoding.ASCII.GetBytes(text), out var timeout);
        Assert.Equal(milliseconds >= 0, isTimeout);
        if (isTimeout)
            Assert.Equal(milliseconds, (long)timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData("\"maxStreamDuration\":{\"grpcTimeoutHeaderMax\":\"0s\"}", "grpc-timeout: 100m\r\n")]
    [InlineData("\"maxStreamDuration\":{\"grpcTimeoutHeaderMax\":\"0.1s\"}", "grpc-timeout: 1H\r\n")]
    [InlineData("\"maxStreamDuration\":{\"maxStreamDuration\":\"0.1s\"}", "")]
    [InlineData("\"maxGrpcTimeout\":\"0.1s\"", "grpc-timeout: 1H\r\n")]
    public void A_grpc_call_over_its_deadline_is_told_so_in_grpcs_terms(string route, string headers)
    {
        using var upstream = Silent();
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http($$"""{"match":{"prefix":"/"},"route":{"cluster":"a",{{route}}} }""");
        var answer = Converse(at, Grpc + headers + Close);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\ngrpc-status: 4\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\ngrpc-message: downstream duration timeout\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_does_not_arrive_whole_in_time_is_408()
    {
        using var upstream = Silent();
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a"}}""", "\"requestTimeout\":\"0.2s\",");
        var answer = Converse(at, "POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 10\r\n\r\nhalf");
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("request timeout", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_circuit_breaker_is_503_with_a_sign_of_overload()
    {
        using var upstream = Silent();
        var cluster = Cluster("a", upstream.Port).TrimStart()[1..];
        Assert.Empty(
            _proxy.Apply<Envoy.Config.Cluster.V3.Cluster>(
                Lateen.Xds.TypeUrls.Cluster,
                ("a", "{\"circuitBreakers\":{\"thresholds\":[{\"maxRequests\":0}]}," + cluster)
            )
        );
        var at = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a"}}""");
        var answer = Converse(at, "GET / HTTP/1.1\r\nHost: a\r\n" + Close);
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nx-envoy-overloaded: true\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("reset reason: overflow", answer, StringComparison.Ordinal);
        Assert.Equal(0, upstream.Connections);
        Assert.Equal(1, _proxy.Stat("cluster.a.upstream_rq_pending_overflow"));
    }

    [Theory]
    [InlineData(404, "12")]
    [InlineData(503, "14")]
    public void A_local_reply_to_grpc_has_the_status_that_grpc_maps_it_to(int status, string grpc)
    {
        _proxy.Clusters();
        var at = _proxy.Http(
            $$"""{"match":{"prefix":"/"},"directResponse":{"status":{{status}},"body":{"inlineString":"no\n"} } }"""
        );
        var answer = Converse(at, Grpc + Close);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\ngrpc-status: {grpc}\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\ngrpc-message: no%0A\r\n", answer, StringComparison.Ordinal);
    }

    /// <summary>Takes requests and never answers.</summary>
    private static ScriptedServer Silent() =>
        new(
            (server, socket, _) =>
            {
                var buffer = new byte[1000];
                while (socket.Receive(buffer) > 0) { }
            }
        );
}
