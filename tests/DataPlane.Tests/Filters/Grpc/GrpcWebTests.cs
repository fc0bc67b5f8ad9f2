// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Server;
using Grpc.Net.Client.Web;
using Lateen.Xds;
using static DataPlane.Tests.Filters.Grpc.GrpcFramesTests;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Filters.Grpc;

/// <summary>The gRPC-Web bridge in a serving proxy: what a browser's client sends and sees, byte for byte, and a real client.</summary>
public sealed class GrpcWebTests : IDisposable
{
    private const string Web = """
        {"name":"web","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb"}},
        """;

    private const string Binary = "application/grpc-web+proto";
    private const string TextType = "application/grpc-web-text";
    private const string Routes = """
        {"match":{"path":"/none"},"route":{"cluster":"none","clusterNotFoundResponseCode":"NOT_FOUND"}},
        {"match":{"prefix":"/","headers":[{"name":"to","stringMatch":{"prefix":"gone"}}]},"route":{"cluster":"gone"}},
        {"match":{"prefix":"/","headers":[{"name":"to","stringMatch":{"exact":"page"}}]},"route":{"cluster":"page"}},
        {"match":{"prefix":"/","headers":[{"name":"to","stringMatch":{"exact":"off"}}]},"route":{"cluster":"page"},
         "typedPerFilterConfig":{"web":{"@type":"type.googleapis.com/envoy.config.route.v3.FilterConfig","disabled":true}}},
        {"match":{"prefix":"/","headers":[{"name":"to","stringMatch":{"exact":"short"}}]},
         "route":{"cluster":"grpc","timeout":"0s","maxStreamDuration":{"grpcTimeoutHeaderMax":"0.3s"}}},
        {"match":{"prefix":"/lateen.test.Echo/"},"route":{"cluster":"grpc","timeout":"0s"}},
        {"match":{"prefix":"/grpc."},"route":{"cluster":"grpc"}}
        """;

    private readonly ProxyFixture _proxy = new();
    private readonly ScriptedServer _page;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private string _seen = "";
    private string _answer = "HTTP/1.1 403 Forbidden\r\ncontent-length: 7\r\n\r\nno way%";

    public GrpcWebTests() =>
        _page = new ScriptedServer(
            (server, socket, _) =>
            {
                _seen = server.ReadHead(socket)!;
                socket.Send(Encoding.Latin1.GetBytes(_answer));
            }
        );

    public void Dispose()
    {
        _client.Dispose();
        _proxy.Dispose();
        _page.Dispose();
    }

    /// <summary>Method, content type, what is accepted, request's message; then the response's content type, and its frames.</summary>
    public static TheoryData<string, string, string, string, string, string[]> Calls =>
        new()
        {
            { "Say", "application/grpc-web", "", "hello", Binary, ["hello", "80 grpc-status:0\r\n"] },
            { "Say", Binary, Binary, "", Binary, ["", "80 grpc-status:0\r\n"] },
            { "Say", TextType, TextType, "hello", $"{TextType}+proto", ["hello", "80 grpc-status:0\r\n"] },
            {
                "Say",
                $"{TextType}+proto",
                $"{TextType}+proto",
                "h",
                $"{TextType}+proto",
                ["h", "80 grpc-status:0\r\n"]
            },
            { "Say", TextType, "*/*", "hello", Binary, ["hello", "80 grpc-status:0\r\n"] },
            { "Say", Binary, TextType, "hello", $"{TextType}+proto", ["hello", "80 grpc-status:0\r\n"] },
            { "Split", Binary, "", "abc", Binary, ["a", "b", "c", "80 grpc-status:0\r\n"] },
            { "Split", TextType, TextType, "abc", $"{TextType}+proto", ["a", "b", "c", "80 grpc-status:0\r\n"] },
            {
                "Fail",
                Binary,
                "",
                "late 5 not 100 % there",
                Binary,
                [
                    "first",
                    "80 grpc-message:not 100 %25 there\r\ngrpc-status:5\r\nx-reason:because\r\nx-reason-bin:AP8=\r\n",
                ]
            },
        };

    [Theory, MemberData(nameof(Calls))]
    public async Task A_call_is_answered_with_trailers_in_its_body(
        string method,
        string type,
        string accept,
        string message,
        string expectedType,
        string[] expected
    )
    {
        await using var server = await StartAsync();
        var body = Frame(Encoding.ASCII.GetBytes(message));
        if (type.StartsWith(TextType, StringComparison.Ordinal))
            body = Encoding.ASCII.GetBytes(Convert.ToBase64String(body));
        using var response = await PostAsync($"/lateen.test.Echo/{method}", type, body, accept);
        Assert.Equal(
            (HttpStatusCode.OK, expectedType),
            (response.StatusCode, $"{response.Content.Headers.ContentType}")
        );
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        if (expectedType != Binary)
            answer = Decode(Encoding.ASCII.GetString(answer), [1000])!;
        Assert.Equal(expected, Messages(answer));
        Assert.Empty(response.TrailingHeaders);
    }

    [Theory]
    [InlineData("Fail", "early 7 not you", "7", "not you", 1)]
    [InlineData("Fail", "late 5 gone", null, null, 1)]
    [InlineData("Say", "hello", null, null, 0)]
    public async Task A_call_counts_for_its_cluster_and_method(
        string method,
        string message,
        string? status,
        string? text,
        int failures
    )
    {
        await using var server = await StartAsync();
        using var response = await PostAsync(
            $"/lateen.test.Echo/{method}",
            Binary,
            Frame(Encoding.ASCII.GetBytes(message))
        );
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        // "Trailers only": gRPC's answer is a head, and stays one.
        Assert.Equal((status, text), (Header(response, "grpc-status"), Header(response, "grpc-message")));
        Assert.Equal(failures, _proxy.StatOrZero($"cluster.grpc.grpc-web.lateen.test.Echo.{method}.failure"));
        Assert.Equal(1, _proxy.StatOrZero($"cluster.grpc.grpc-web.lateen.test.Echo.{method}.total"));
    }

    /// <summary>Request; then status, <c>grpc-status</c> and <c>grpc-message</c> of the answer, which has no body.</summary>
    public static TheoryData<string, string, string, int, string?, string?> Refusals =>
        new()
        {
            { "gone", Binary, "", 503, "14", "upstream connect error or disconnect/reset before headers." },
            { "page", Binary, "", 403, "7", "no way%25" },
            { "none", Binary, "", 404, null, null },
            { "grpc", TextType, "AAAAA", 400, "13", "Bad gRPC-web request, invalid base64 data." },
            { "grpc", TextType, "AAA!AAAA", 400, "13", "Bad gRPC-web request, invalid base64 data." },
        };

    [Theory, MemberData(nameof(Refusals))]
    public async Task What_is_no_grpc_becomes_a_status_in_the_head(
        string to,
        string type,
        string body,
        int status,
        string? grpcStatus,
        string? message
    )
    {
        await using var server = await StartAsync();
        var path = to == "none" ? "/none" : "/lateen.test.Echo/Say";
        using var response = await PostAsync(path, type, Encoding.ASCII.GetBytes(body), to: to);
        Assert.Equal((status, grpcStatus), ((int)response.StatusCode, Header(response, "grpc-status")));
        Assert.StartsWith(message ?? "", Header(response, "grpc-message") ?? "", StringComparison.Ordinal);
        Assert.Equal(Binary, $"{response.Content.Headers.ContentType}");
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("content-length: 40000", 16_384)]
    [InlineData("connection: close", 16_384)]
    public async Task A_large_page_is_cut(string framing, int kept)
    {
        await using var server = await StartAsync();
        _answer = $"HTTP/1.1 500 Oops\r\n{framing}\r\n\r\n{new string('x', 40_000)}";
        using var response = await PostAsync("/lateen.test.Echo/Say", Binary, [], to: "page");
        Assert.Equal("2", Header(response, "grpc-status"));
        Assert.Equal(new string('x', kept), Header(response, "grpc-message"));
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task The_upstream_sees_a_grpc_request()
    {
        await using var server = await StartAsync();
        using var response = await PostAsync("/lateen.test.Echo/Say", TextType, "AAAAAAA="u8.ToArray(), to: "page");
        foreach (
            var line in (string[])["content-type: application/grpc", "te: trailers", "grpc-accept-encoding: identity"]
        )
            Assert.Contains($"\r\n{line}\r\n", _seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("content-length", _seen, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_call_that_is_tried_again_is_decoded_again()
    {
        var bodies = new List<string?>();
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                {
                    bodies.Add(ScriptedServer.ReadUntil(socket, "0\r\n\r\n"));
                    ScriptedServer.Send(
                        socket,
                        $"HTTP/1.1 {(bodies.Count == 1 ? 503 : 200)} -\r\ncontent-length: 0\r\n\r\n"
                    );
                }
            }
        );
        _proxy.Clusters(upstream.Port);
        _proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryOn":"5xx"} } }""",
            filters: Web
        );
        using var response = await PostAsync("/a.S/M", TextType, "QUJDREVGRw=="u8.ToArray());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["7\r\nABCDEFG\r\n0\r\n\r\n", "7\r\nABCDEFG\r\n0\r\n\r\n"], bodies);
    }

    [Fact]
    public async Task A_mirror_gets_what_the_upstream_gets()
    {
        var copied = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var mirror = new ScriptedServer(
            (server, socket, _) =>
            {
                var head = server.ReadHead(socket);
                copied.SetResult(head + ScriptedServer.ReadUntil(socket, "0\r\n\r\n"));
            }
        );
        _proxy.Clusters(_page.Port, mirror.Port);
        _proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a","requestMirrorPolicies":[{"cluster":"b"}]}}""",
            filters: Web
        );
        using var response = await PostAsync("/a.S/M", TextType, "QUJDREVGRw=="u8.ToArray());
        var copy = await copied.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\r\ncontent-type: application/grpc\r\n", copy, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n7\r\nABCDEFG\r\n0\r\n\r\n", copy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("page", "application/json")]
    [InlineData("page", "application/grpc-web+proto; charset=utf-8")]
    [InlineData("off", Binary)]
    public async Task Other_requests_are_left_alone(string to, string type)
    {
        await using var server = await StartAsync();
        using var response = await PostAsync("/lateen.test.Echo/Say", type, "abc"u8.ToArray(), to: to);
        Assert.Equal((HttpStatusCode.Forbidden, null), (response.StatusCode, Header(response, "grpc-status")));
        Assert.Contains($"content-type: {type}\r\n", _seen, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("content-length: 3\r\n", _seen, StringComparison.OrdinalIgnoreCase);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(GrpcWebMode.GrpcWeb, 1)]
    [InlineData(GrpcWebMode.GrpcWebText, 1)]
    [InlineData(GrpcWebMode.GrpcWeb, 2)]
    [InlineData(GrpcWebMode.GrpcWebText, 2)]
    public async Task A_client_of_dotnet_holds_its_conversations(GrpcWebMode mode, int version)
    {
        await using var server = await StartAsync();
        var stop = TestContext.Current.CancellationToken;
        var handler = new GrpcWebHandler(mode, new SocketsHttpHandler { UseProxy = false });
        using var client = new EchoClient(_proxy.Address("l").Port, stop, handler, new Version(version, 2 - version));
        // gRPC-Web has no streams of requests. The proxy's own 504 is UNAVAILABLE in it, as in Envoy, a deadline or not.
        var lines = await client.HoldAllAsync(
            "client streaming",
            "bidirectional",
            "many streams",
            "deadline of the proxy",
            version == 1 ? "huge" : ""
        );
        Assert.True(
            lines.All(static line => line.EndsWith(" ok", StringComparison.Ordinal) || line == "metadata 1 lines"),
            string.Join('\n', lines)
        );
    }

    private async Task<EchoServer> StartAsync()
    {
        var server = await EchoServer.StartAsync();
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("grpc", TwoProxies.WithHttp2(ProxyFixture.Cluster("grpc", server.Port))),
                ("page", ProxyFixture.Cluster("page", _page.Port)),
                // Nobody listens on port 1.
                ("gone", ProxyFixture.Cluster("gone", 1))
            )
        );
        _proxy.Http(Routes, filters: Web);
        return server;
    }

    private async Task<HttpResponseMessage> PostAsync(
        string path,
        string type,
        byte[] body,
        string accept = "",
        string to = ""
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{_proxy.Address("l")}{path}");
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (accept.Length > 0)
            request.Headers.Add("accept", accept);
        request.Headers.Add("to", to);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join('|', values) : null;

    /// <summary>Frames as text; those that are no plain message with their flags in front.</summary>
    private static List<string> Messages(ReadOnlySpan<byte> body)
    {
        var messages = new List<string>();
        while (!body.IsEmpty)
        {
            var length = (body[1] << 24) | (body[2] << 16) | (body[3] << 8) | body[4];
            var text = Encoding.Latin1.GetString(body.Slice(5, length));
            messages.Add(body[0] == 0 ? text : $"{body[0]:x2} {text}");
            body = body[(5 + length)..];
        }
        return messages;
    }
}
