// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Interop;

/// <summary>What gRPC through a proxy, HTTP/2 on both sides, with the filters that look into its bodies, allocates there: nothing.</summary>
public sealed class GrpcAllocationTests : IAsyncLifetime
{
    /// <summary>Bytes that asking the worker itself may allocate, and less than one for each message.</summary>
    private const int OfAsking = 1000;

    private const string Filters = """
        {"name":"web","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb"}},
        {"name":"stats","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig",
          "emitFilterState":true,"statsForAllMethods":true,"enableUpstreamStats":true}},
        """;

    private readonly ProxyFixture _proxy = new();
    private EchoServer _server = null!;
    private GrpcChannel _channel = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EchoServer.StartAsync();
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("a", TwoProxies.WithHttp2(ProxyFixture.Cluster("a", _server.Port)))
            )
        );
        var at = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a"}}""", filters: Filters);
        _channel = GrpcChannel.ForAddress(
            $"http://{at}",
            new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false } }
        );
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _proxy.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Calls_one_after_another_allocate_nothing()
    {
        var calls = _channel.CreateCallInvoker();
        var message = new byte[300];
        var least = await LeastAsync(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                using var call = calls.AsyncUnaryCall(EchoMethods.Say, null, default, message);
                Assert.Equal(message.Length, (await call).Length);
            }
        });
        Assert.InRange(least, 0, OfAsking);
    }

    [Fact]
    public async Task Messages_of_streams_allocate_nothing()
    {
        var calls = _channel.CreateCallInvoker();
        var message = new byte[2000];
        var streams = Enumerable
            .Range(0, 20)
            .Select(_ => calls.AsyncDuplexStreamingCall(EchoMethods.Talk, null, default))
            .ToArray();
        var least = await LeastAsync(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                foreach (var stream in streams)
                    await stream.RequestStream.WriteAsync(message, TestContext.Current.CancellationToken);
                foreach (var stream in streams)
                    Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            }
        });
        foreach (var stream in streams)
            stream.Dispose();
        Assert.InRange(least, 0, OfAsking);
    }

    /// <summary>
    /// The least of several batches: what is allocated for each message shows in every one of them, what the runtime allocates
    /// by itself, as when it compiles a method anew, does not. The first one warms up.
    /// </summary>
    private async Task<long> LeastAsync(Func<Task> batch)
    {
        await batch();
        var least = long.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            var before = await AllocatedAsync();
            await batch();
            least = Math.Min(least, await AllocatedAsync() - before);
        }
        return least;
    }

    private Task<long> AllocatedAsync()
    {
        var bytes = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _proxy.Server.Workers[0].Loop.Post(() => bytes.SetResult(GC.GetAllocatedBytesForCurrentThread()));
        return bytes.Task;
    }
}
