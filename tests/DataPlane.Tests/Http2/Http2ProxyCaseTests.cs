// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using DataPlane.Tests.Server;
using Lateen.Xds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Http2;

/// <summary>The table of <c>Cases/cases.txt</c>, and a client of python3-h2, against a whole proxy with Kestrel behind it.</summary>
public sealed class Http2ProxyCaseTests : IDisposable
{
    private const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";

    private const string Http2Upstream = """
        "typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{
          "@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
          "explicitHttpConfig":{"http2ProtocolOptions":{}}}},
        """;

    /// <summary>
    /// Cases that a server behind the proxy decides: no route matches <c>*</c>, and which of two streams gets a window first
    /// is for their answers to say.
    /// </summary>
    private static readonly string[] s_others =
    [
        "--skip",
        "A :path of * for OPTIONS",
        "--skip",
        "The connection's window is shared",
    ];

    private readonly ProxyFixture _proxy = new();

    public void Dispose() => _proxy.Dispose();

    [Theory]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http2, false)]
    public async Task Every_case_holds_for_a_whole_proxy(HttpProtocols upstream, bool streamErrors)
    {
        await using var server = await StartUpstreamAsync(upstream);
        var port = StartProxy(server, upstream, streamErrors);
        string[] options = streamErrors ? ["--stream-errors"] : [];
        var output = PythonPeer.Run("run_cases.py", ["127.0.0.1", port, .. s_others, .. options]);
        var skipped = s_others.Length / 2;
        Assert.True(output.Trim() == $"{Http2Case.All.Count - skipped} passed, 0 failed, {skipped} skipped", output);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_client_of_python3_h2_is_served_by_a_whole_proxy(HttpProtocols upstream)
    {
        await using var server = await StartUpstreamAsync(upstream);
        var output = PythonPeer.Run("h2_client.py", ["127.0.0.1", StartProxy(server, upstream, streamErrors: false)]);
        Assert.True(output.Trim() == "650 requests answered", output);
    }

    private string StartProxy(WebApplication upstream, HttpProtocols protocol, bool streamErrors)
    {
        var cluster = ProxyFixture.Cluster("a", new Uri(upstream.Urls.Single()).Port);
        if (protocol == HttpProtocols.Http2)
            cluster = cluster.Replace("{\"name\"", "{" + Http2Upstream + "\"name\"", StringComparison.Ordinal);
        Assert.Empty(_proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("a", cluster)));
        var options = streamErrors ? "\"overrideStreamErrorOnInvalidHttpMessage\":true" : "";
        var address = _proxy.Http(ToA, $$"""  "codecType":"HTTP2","http2ProtocolOptions":{ {{options}} },  """);
        return address.Port.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The server of <c>cases.txt</c>.</summary>
    private static async Task<WebApplication> StartUpstreamAsync(HttpProtocols protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
            kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 64 * 1024;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol);
        });
        var application = builder.Build();
        application.Run(AnswerAsync);
        await application.StartAsync();
        return application;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/wait")
        {
            var left = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(left.SetResult);
            await left.Task;
            return;
        }
        await context.Request.Body.CopyToAsync(Stream.Null);
        var length = path.StartsWith("/bytes/", StringComparison.Ordinal)
            ? int.Parse(path.AsSpan(7), CultureInfo.InvariantCulture)
            : 0;
        context.Response.ContentLength = length;
        await context.Response.Body.WriteAsync(new byte[length]);
    }
}
