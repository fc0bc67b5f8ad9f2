// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using static DataPlane.Tests.Server.ProxyFixture;

namespace DataPlane.Tests.Server;

/// <summary>Envoy's retry policy: which outcome of a first attempt is tried again under which condition.</summary>
public sealed class RetryTests : IDisposable
{
    private const string Close = "connection: close\r\n\r\n";

    private readonly ProxyFixture _proxy = new();

    public void Dispose() => _proxy.Dispose();

    /// <summary>What the upstream does with its first request; it answers the second one with 200.</summary>
    public enum First
    {
        Reset,
        Status500,
        Status503,
        Status409,
        Status418,
        Silence,
    }

    [Theory]
    [InlineData("5xx", First.Reset, 200)]
    [InlineData("5xx", First.Status500, 200)]
    [InlineData("5xx", First.Status503, 200)]
    [InlineData("5xx", First.Status409, 409)]
    [InlineData("5xx", First.Silence, 200)]
    [InlineData("gateway-error", First.Status503, 200)]
    [InlineData("gateway-error", First.Status500, 500)]
    [InlineData("gateway-error", First.Silence, 200)]
    [InlineData("reset", First.Reset, 200)]
    [InlineData("reset", First.Status503, 503)]
    [InlineData("connect-failure", First.Reset, 503)]
    [InlineData("connect-failure", First.Status503, 503)]
    [InlineData("retriable-4xx", First.Status409, 200)]
    [InlineData("retriable-4xx", First.Status418, 418)]
    [InlineData("retriable-status-codes", First.Status418, 200)]
    [InlineData("retriable-status-codes", First.Status500, 500)]
    [InlineData("refused-stream", First.Silence, 504)]
    public void An_outcome_is_tried_again_when_the_policy_names_it(string on, First first, int status)
    {
        using var upstream = FailingOnce(first);
        _proxy.Clusters(upstream.Port);
        var route = Route(on, isSilent: first == First.Silence);
        var answer = Converse(_proxy.Http(route), "GET / HTTP/1.1\r\nHost: a\r\n" + Close);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        if (status == 200)
            Assert.EndsWith("attempt 2", answer, StringComparison.Ordinal);
    }

    /// <summary>Status of a gRPC call in a head without body, and whether the route's condition has it tried again.</summary>
    [Theory]
    [InlineData("cancelled", 1, true)]
    [InlineData("deadline-exceeded", 4, true)]
    [InlineData("internal", 13, true)]
    [InlineData("resource-exhausted", 8, true)]
    [InlineData("unavailable", 14, true)]
    [InlineData("unavailable,cancelled", 1, true)]
    [InlineData("unavailable", 13, false)]
    [InlineData("unavailable", 0, false)]
    [InlineData("5xx", 14, false)]
    [InlineData("gateway-error", 14, false)]
    public void A_grpc_status_without_a_message_is_tried_again_when_the_policy_names_it(
        string on,
        int status,
        bool isRetried
    )
    {
        var head = "HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\n";
        var answer = AskTwice(on, $"{head}grpc-status: {status}\r\ncontent-length: 0\r\n\r\n");
        Assert.Contains($"\r\ngrpc-status: {(isRetried ? 0 : status)}\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_grpc_status_behind_a_message_is_not_tried_again()
    {
        var head = "HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\ntransfer-encoding: chunked\r\n\r\n";
        var answer = AskTwice("unavailable", head + "1\r\na\r\n0\r\ngrpc-status: 14\r\n\r\n");
        Assert.EndsWith("\r\n\r\n1\r\na\r\n0\r\ngrpc-status: 14\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(40_000)]
    public void A_body_is_sent_again(int length)
    {
        using var upstream = FailingOnce(First.Status503, length);
        _proxy.Clusters(upstream.Port);
        var body = new string('b', length);
        var answer = Converse(
            _proxy.Http(Route("5xx")),
            $"POST / HTTP/1.1\r\nHost: a\r\ncontent-length: {length}\r\n{Close}{body}"
        );
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_too_large_to_keep_is_not_sent_again()
    {
        const int Length = 300_000;
        using var upstream = FailingOnce(First.Status503, Length);
        _proxy.Clusters(upstream.Port);
        var answer = Converse(
            _proxy.Http(Route("5xx")),
            $"POST / HTTP/1.1\r\nHost: a\r\ncontent-length: {Length}\r\n{Close}{new string('b', Length)}"
        );
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Retries_end_when_the_policy_is_used_up_and_the_last_answer_counts()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryOn":"5xx","numRetries":3,"retryBackOff":{"baseInterval":"0.001s"}}}}"""
        );
        Assert.StartsWith(
            "HTTP/1.1 503 ",
            Converse(at, "GET / HTTP/1.1\r\nHost: a\r\n" + Close),
            StringComparison.Ordinal
        );
        Assert.Equal(3, _proxy.Stat("cluster.a.upstream_rq_retry"));
        Assert.Equal(1, _proxy.Stat("cluster.a.upstream_rq_retry_limit_exceeded"));
        Assert.Equal(4, _proxy.Stat("cluster.a.upstream_rq_total"));
    }

    /// <param name="isSilent">The first try gets no answer; else time has no part in it, however busy the machine is.</param>
    private static string Route(string on, bool isSilent = false) =>
        $$$$"""{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"5s","retryPolicy":{"retryOn":"{{{{on}}}}","numRetries":1,"perTryTimeout":"{{{{(isSilent ? "0.3s" : "4s")}}}}","retriableStatusCodes":[418],"retryBackOff":{"baseInterval":"0.001s"} } } }""";

    private static ScriptedServer FailingOnce(First first, int bodyLength = 0)
    {
        var requests = 0;
        return new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is { } head)
                {
                    ReadBody(socket, bodyLength);
                    if (Interlocked.Increment(ref requests) > 1)
                    {
                        var attempt = head.Contains("x-envoy-attempt-count: 2", StringComparison.Ordinal) ? "2" : "?";
                        ScriptedServer.Send(socket, $"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nattempt {attempt}");
                        continue;
                    }
                    switch (first)
                    {
                        case First.Reset:
                            return;
                        case First.Silence:
                            // Until the proxy gives up.
                            _ = socket.Receive(new byte[1]);
                            return;
                        default:
                            var status = first.ToString()["Status".Length..];
                            ScriptedServer.Send(socket, $"HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n");
                            break;
                    }
                }
            }
        );
    }

    private static void ReadBody(Socket socket, int length)
    {
        var buffer = new byte[16 * 1024];
        for (var left = length; left > 0; )
        {
            var got = socket.Receive(buffer, Math.Min(left, buffer.Length), SocketFlags.None);
            if (got == 0)
                return;
            left -= got;
        }
    }

    /// <summary>A gRPC call to an upstream whose first answer is the given one; later ones say that all went well.</summary>
    private string AskTwice(string on, string first)
    {
        const string Well = "HTTP/1.1 200 OK\r\ngrpc-status: 0\r\ncontent-length: 0\r\n\r\n";
        var answered = 0;
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                    ScriptedServer.Send(socket, Interlocked.Increment(ref answered) == 1 ? first : Well);
            }
        );
        _proxy.Clusters(upstream.Port);
        return Converse(
            _proxy.Http(Route(on)),
            "POST / HTTP/1.1\r\nHost: a\r\ncontent-type: application/grpc\r\ncontent-length: 0\r\n" + Close
        );
    }
}
