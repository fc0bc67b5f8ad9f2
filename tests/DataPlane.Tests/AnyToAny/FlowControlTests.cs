// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Server;
using Lateen.Xds;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.AnyToAny;

/// <summary>
/// Bodies of many windows through a proxy with the smallest windows there are, where one side lets the other wait: what the
/// proxy holds is released in the turn of the side that waited, and the other side must be told.
/// </summary>
public sealed class FlowControlTests : IDisposable
{
    private const int Length = 2_000_000;
    private const string Windows = "\"initialStreamWindowSize\":65535,\"initialConnectionWindowSize\":65535";

    private readonly ProxyFixture _proxy = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(20));

    public void Dispose()
    {
        _proxy.Dispose();
        _limit.Dispose();
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_client_goes_on_when_the_upstream_goes_on(HttpProtocols up)
    {
        await using var upstream = await EchoUpstream.StartAsync(up);
        using var client = Client();
        using var request = Request(upstream, up, "/late");
        request.Content = new PatientContent(upstream);
        using var response = await client.SendAsync(request, _limit.Token);
        Assert.Equal($"{Length}", await response.Content.ReadAsStringAsync(_limit.Token));
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task An_upstream_goes_on_when_the_client_goes_on(HttpProtocols up)
    {
        await using var upstream = await EchoUpstream.StartAsync(up);
        using var client = Client();
        using var request = Request(upstream, up, $"/bytes?{Length}");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _limit.Token);
        await upstream.HalfArrived.Task.WaitAsync(_limit.Token);
        Assert.Equal(Length, (await response.Content.ReadAsByteArrayAsync(_limit.Token)).Length);
    }

    private static HttpClient Client() =>
        new(new SocketsHttpHandler { UseProxy = false, InitialHttp2StreamWindowSize = 65_535 });

    private HttpRequestMessage Request(EchoUpstream upstream, HttpProtocols up, string path)
    {
        var cluster = ProxyFixture.Cluster("a", upstream.Port).TrimStart()[1..];
        var protocol =
            up == HttpProtocols.Http1 ? "\"httpProtocolOptions\":{}" : $"\"http2ProtocolOptions\":{{{Windows}}}";
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$$"""
                    {"typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{
                      "@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                      "explicitHttpConfig":{{{{protocol}}}} } },{{{cluster}}}
                    """
                )
            )
        );
        var at = _proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0s"}}""",
            $$"""  "codecType":"HTTP2","http2ProtocolOptions":{ {{Windows}} },  """
        );
        return new HttpRequestMessage(HttpMethod.Post, $"http://{at}{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>
    /// Lets the upstream read when more than a window is on its way: by then the proxy holds what it cannot pass on.
    /// </summary>
    private sealed class PatientContent(EchoUpstream upstream) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var piece = new byte[10_000];
            for (var sent = 0; sent < Length; sent += piece.Length)
            {
                await stream.WriteAsync(piece);
                if (sent == 90_000)
                    upstream.HalfArrived.SetResult();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Length;
            return true;
        }
    }
}
