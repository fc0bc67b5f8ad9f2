// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Server;
using Lateen.Xds;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.AnyToAny;

/// <summary>Every kind of exchange in every pair of protocols: HttpClient in front, Kestrel behind, nobody's code but ours between.</summary>
public sealed class AnyToAnyTests : IDisposable
{
    private const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"30s"}}""";

    private readonly ProxyFixture _proxy = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        _proxy.Dispose();
        _limit.Dispose();
    }

    public static TheoryData<int, int> Pairs =>
        new()
        {
            { 1, 1 },
            { 1, 2 },
            { 2, 1 },
            { 2, 2 },
        };

    public static TheoryData<int, int, int> Bodies
    {
        get
        {
            var rows = new TheoryData<int, int, int>();
            foreach (var (down, up) in new[] { (1, 1), (1, 2), (2, 1), (2, 2) })
            {
                foreach (var length in new[] { 0, 1, 16_384, 100_000, 8_000_000 })
                    rows.Add(down, up, length);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_comes_back_whole_with_trailers(int down, int up, int length)
    {
        await using var upstream = await StartAsync(up);
        using var client = Client(down);
        var body = new byte[length];
        new Random(length).NextBytes(body);
        using var request = Request(HttpMethod.Post, "/echo", down);
        request.Content = new ByteArrayContent(body);
        using var response = await client.SendAsync(request, _limit.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(new Version(down, down == 1 ? 1 : 0), response.Version);
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(_limit.Token));
        if (up == 2)
            Assert.Equal(length.ToString(), response.TrailingHeaders.GetValues("x-sum").Single());
    }

    /// <summary>HttpClient reads no answer over HTTP/1.1 before it has sent its whole body, so it is HTTP/2 in front.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Both_bodies_flow_at_the_same_time(int up)
    {
        const int down = 2;
        await using var upstream = await StartAsync(up);
        using var client = Client(down);
        using var request = Request(HttpMethod.Post, "/echo", down);
        var conversation = new Conversation();
        request.Content = conversation;
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _limit.Token);
        await using var answers = await response.Content.ReadAsStreamAsync(_limit.Token);
        var buffer = new byte[100];
        for (var i = 0; i < 50; i++)
        {
            var said = BitConverter.GetBytes(i);
            await conversation.SayAsync(said, _limit.Token);
            await answers.ReadExactlyAsync(buffer.AsMemory(0, said.Length), _limit.Token);
            Assert.Equal(i, BitConverter.ToInt32(buffer));
        }
        conversation.End();
        Assert.Equal(0, await answers.ReadAsync(buffer, _limit.Token));
        if (up == 2)
            Assert.Equal("200", response.TrailingHeaders.GetValues("x-sum").Single());
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Answers_without_a_body_end_at_once(int down, int up)
    {
        await using var upstream = await StartAsync(up);
        using var client = Client(down);
        foreach (var (path, status) in new[] { ("/empty", 204), ("/not-modified", 304), ("/big-header", 200) })
        {
            using var response = await client.SendAsync(Request(HttpMethod.Get, path, down), _limit.Token);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Empty(await response.Content.ReadAsByteArrayAsync(_limit.Token));
        }
        using var head = await client.SendAsync(Request(HttpMethod.Head, "/protocol", down), _limit.Token);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task The_upstream_is_spoken_to_as_configured(int down, int up)
    {
        await using var upstream = await StartAsync(up);
        using var client = Client(down);
        using var response = await client.SendAsync(Request(HttpMethod.Get, "/protocol", down), _limit.Token);
        Assert.Equal(up == 1 ? "HTTP/1.1" : "HTTP/2", await response.Content.ReadAsStringAsync(_limit.Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_upstream_may_be_spoken_to_as_the_client_speaks(int version)
    {
        await using var upstream = await StartAsync(version, "\"useDownstreamProtocolConfig\":{}");
        using var client = Client(version);
        using var response = await client.SendAsync(Request(HttpMethod.Get, "/protocol", version), _limit.Token);
        Assert.Equal(version == 1 ? "HTTP/1.1" : "HTTP/2", await response.Content.ReadAsStringAsync(_limit.Token));
    }

    [Fact]
    public async Task The_deprecated_field_of_a_cluster_asks_for_http2_too()
    {
        await using var upstream = await EchoUpstream.StartAsync(HttpProtocols.Http2);
        var cluster = ProxyFixture.Cluster("a", upstream.Port).TrimStart()[1..];
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("a", "{\"http2ProtocolOptions\":{}," + cluster))
        );
        using var client = Client(1);
        using var response = await client.SendAsync(Request(HttpMethod.Get, "/protocol", 1), _limit.Token);
        Assert.Equal("HTTP/2", await response.Content.ReadAsStringAsync(_limit.Token));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Large_heads_go_through(int down, int up)
    {
        await using var upstream = await StartAsync(up);
        using var client = Client(down);
        using var request = Request(HttpMethod.Get, "/header", down);
        request.Headers.Add("x-big", new string('v', 20_000));
        using var response = await client.SendAsync(request, _limit.Token);
        Assert.Equal("20000", await response.Content.ReadAsStringAsync(_limit.Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Repeated_fields_stay_lines_of_their_own(int up)
    {
        await using var upstream = await StartAsync(up);
        var at = new IPEndPoint(IPAddress.Loopback, Address.Port);
        var answer = ProxyFixture.Converse(
            at,
            "GET /lines HTTP/1.1\r\nHost: a\r\nx-many: a\r\nX-Many: b, c\r\nx-many: d\r\nConnection: close\r\n\r\n"
        );
        Assert.Equal(
            ["x-many: a", "x-many: b, c", "x-many: d"],
            answer.Split("\r\n").Where(static line => line.StartsWith("x-many", StringComparison.Ordinal))
        );
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task An_upstream_that_breaks_off_before_its_head_is_answered_for(int down, int up)
    {
        await using var upstream = await StartAsync(up);
        using var client = Client(down);
        using var response = await client.SendAsync(Request(HttpMethod.Post, "/abort", down), _limit.Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(_limit.Token);
        Assert.EndsWith(up == 1 ? "connection termination" : "remote reset", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_body_that_breaks_off_is_told_to_the_client(int down, int up)
    {
        await using var upstream = await StartAsync(up);
        using var client = Client(down);
        using var request = Request(HttpMethod.Get, "/abort-later", down);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _limit.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        upstream.HalfArrived.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync(_limit.Token));
        Assert.False(_limit.IsCancellationRequested);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_client_that_leaves_takes_its_request_along(int down, int up)
    {
        await using var upstream = await StartAsync(up);
        using var client = Client(down);
        using var leaving = new CancellationTokenSource();
        var sending = client.SendAsync(Request(HttpMethod.Get, "/wait", down), leaving.Token);
        await upstream.Waiting.Task.WaitAsync(_limit.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await upstream.Cancelled.Task.WaitAsync(_limit.Token);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Many_exchanges_at_a_time_do_not_mix(int down, int up)
    {
        await using var upstream = await StartAsync(up);
        using var client = Client(down);
        var exchanges = Enumerable.Range(0, 100).Select(OneAsync).ToArray();
        await Task.WhenAll(exchanges);

        async Task OneAsync(int number)
        {
            var body = new byte[50_000 + number];
            Array.Fill(body, (byte)number);
            using var request = Request(HttpMethod.Post, "/echo", down);
            request.Content = new ByteArrayContent(body);
            using var response = await client.SendAsync(request, _limit.Token);
            Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(_limit.Token));
        }
    }

    [Fact]
    public async Task Exchanges_over_http2_share_one_upstream_connection()
    {
        await using var upstream = await StartAsync(2);
        using var client = Client(2);
        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async _ =>
                {
                    using var response = await client.SendAsync(Request(HttpMethod.Get, "/protocol", 2), _limit.Token);
                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                })
        );
        Assert.Equal(1, _proxy.Stat("cluster.a.upstream_cx_total"));
        Assert.Equal(50, _proxy.Stat("cluster.a.upstream_rq_total"));
    }

    private Uri Address => field ??= new Uri($"http://{_proxy.Http(ToA)}/");

    private async Task<EchoUpstream> StartAsync(int version, string? options = null)
    {
        var upstream = await EchoUpstream.StartAsync(version == 1 ? HttpProtocols.Http1 : HttpProtocols.Http2);
        options ??=
            version == 1
                ? "\"explicitHttpConfig\":{\"httpProtocolOptions\":{}}"
                : "\"explicitHttpConfig\":{\"http2ProtocolOptions\":{}}";
        var cluster = ProxyFixture.Cluster("a", upstream.Port);
        var withOptions = $$$$"""
            {"typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{
              "@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",{{{{options}}}} } },
            """;
        Assert.Empty(_proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("a", withOptions + cluster.TrimStart()[1..])));
        return upstream;
    }

    private static HttpClient Client(int version) =>
        new(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = false })
        {
            DefaultRequestVersion = new Version(version, version == 1 ? 1 : 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    private HttpRequestMessage Request(HttpMethod method, string path, int version) =>
        new(method, new Uri(Address, path))
        {
            Version = new Version(version, version == 1 ? 1 : 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
}
