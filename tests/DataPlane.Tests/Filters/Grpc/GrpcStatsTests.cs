// SPDX-License-Identifier: Apache-2.0
using System.Text;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Lateen.Telemetry;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Filters.Grpc;

/// <summary>What gRPC calls through a serving proxy leave in its statistics, by the settings of the filter that counts them.</summary>
public sealed class GrpcStatsTests : IAsyncLifetime
{
    private readonly ProxyFixture _proxy = new();
    private EchoServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await EchoServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _proxy.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>
    /// Settings; then all numbers below <c>cluster.next.grpc.</c> after two calls that went well, with one and three answers, and
    /// two that failed, behind an answer and without.
    /// </summary>
    public static TheoryData<string, string[]> Settings =>
        new()
        {
            {
                "",
                [
                    "0: 2",
                    "5: 1",
                    "7: 1",
                    "failure: 2",
                    "request_message_count: 4",
                    "response_message_count: 5",
                    "success: 2",
                    "total: 4",
                ]
            },
            {
                ",\"statsForAllMethods\":false,\"replaceDotsInGrpcServiceName\":true",
                [
                    "0: 2",
                    "5: 1",
                    "7: 1",
                    "failure: 2",
                    "request_message_count: 4",
                    "response_message_count: 5",
                    "success: 2",
                    "total: 4",
                ]
            },
            {
                ",\"statsForAllMethods\":true",
                [
                    "lateen.test.Echo.Fail.5: 1",
                    "lateen.test.Echo.Fail.7: 1",
                    "lateen.test.Echo.Fail.failure: 2",
                    "lateen.test.Echo.Fail.request_message_count: 2",
                    "lateen.test.Echo.Fail.response_message_count: 1",
                    "lateen.test.Echo.Fail.total: 2",
                    "lateen.test.Echo.Say.0: 1",
                    "lateen.test.Echo.Say.request_message_count: 1",
                    "lateen.test.Echo.Say.response_message_count: 1",
                    "lateen.test.Echo.Say.success: 1",
                    "lateen.test.Echo.Say.total: 1",
                    "lateen.test.Echo.Split.0: 1",
                    "lateen.test.Echo.Split.request_message_count: 1",
                    "lateen.test.Echo.Split.response_message_count: 3",
                    "lateen.test.Echo.Split.success: 1",
                    "lateen.test.Echo.Split.total: 1",
                ]
            },
            {
                """
                    ,"individualMethodStatsAllowlist":{"services":[{"name":"lateen.test.Echo","methodNames":["Split","Talk"]}]}
                    """,
                [
                    "0: 1",
                    "5: 1",
                    "7: 1",
                    "failure: 2",
                    "lateen.test.Echo.Split.0: 1",
                    "lateen.test.Echo.Split.request_message_count: 1",
                    "lateen.test.Echo.Split.response_message_count: 3",
                    "lateen.test.Echo.Split.success: 1",
                    "lateen.test.Echo.Split.total: 1",
                    "request_message_count: 3",
                    "response_message_count: 2",
                    "success: 1",
                    "total: 3",
                ]
            },
            {
                ",\"enableUpstreamStats\":true",
                [
                    "0: 2",
                    "5: 1",
                    "7: 1",
                    "failure: 2",
                    "request_message_count: 4",
                    "response_message_count: 5",
                    "success: 2",
                    "total: 4",
                    "upstream_rq_time: 4",
                ]
            },
        };

    [Theory, MemberData(nameof(Settings))]
    public async Task Calls_and_messages_are_counted_as_configured(string settings, string[] expected)
    {
        await CallAsync(settings);
        Assert.Equal(expected, Numbers("cluster.next.grpc."));
    }

    [Fact]
    public async Task Methods_are_labels_in_prometheus()
    {
        await CallAsync(",\"statsForAllMethods\":true,\"replaceDotsInGrpcServiceName\":true");
        var sample = Samples().Single(static one => one.PlainName == "cluster.next.grpc.lateen_test_Echo.Fail.7");
        Assert.Equal("envoy_cluster_grpc_7", sample.Family);
        Assert.Equal(
            "envoy_grpc_bridge_service=\"lateen_test_Echo\",envoy_grpc_bridge_method=\"Fail\",cluster_name=\"next\"",
            sample.Labels
        );
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData(
        ",\"emitFilterState\":true",
        new[] { "istio_request_messages_total 4", "istio_response_messages_total 5" }
    )]
    public async Task Istios_metrics_count_messages_where_they_are_told_to(string settings, string[] expected)
    {
        await CallAsync(settings);
        var samples = Samples()
            .Where(static sample => sample.Family.Contains("_messages_", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(expected, samples.Select(static sample => $"{sample.Family} {sample.Value}"));
        Assert.All(
            samples,
            static sample =>
            {
                Assert.StartsWith("reporter=\"source\",", sample.Labels, StringComparison.Ordinal);
                Assert.EndsWith("destination_cluster=\"unknown\"", sample.Labels, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task Istios_metrics_tell_calls_by_their_status()
    {
        await CallAsync("");
        var outcomes = Samples()
            .Where(static sample => sample.Family == "istio_requests_total")
            .Select(static sample =>
                sample.Labels[sample.Labels.IndexOf("request_protocol", StringComparison.Ordinal)..]
                + $" {sample.Value}"
            )
            .Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                """
                request_protocol="grpc",response_code="200",grpc_response_status="0",response_flags="-",connection_security_policy="unknown" 2
                """,
                """
                request_protocol="grpc",response_code="200",grpc_response_status="5",response_flags="-",connection_security_policy="unknown" 1
                """,
                """
                request_protocol="grpc",response_code="200",grpc_response_status="7",response_flags="-",connection_security_policy="unknown" 1
                """,
            ],
            outcomes
        );
    }

    private async Task CallAsync(string settings)
    {
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("next", TwoProxies.WithHttp2(ProxyFixture.Cluster("next", _server.Port)))
            )
        );
        var at = _proxy.Http(
            // The method counts as it was called, whatever the route makes of its path.
            """
            {"match":{"prefix":"/lateen.test.Echo/"},"route":{"cluster":"next","prefixRewrite":"/lateen.test.Echo/"}}
            """,
            filters: $$"""
            {"name":"stats","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig"
              {{settings}} } },
            """
        );
        using var channel = GrpcChannel.ForAddress(
            $"http://{at}",
            new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false } }
        );
        var calls = channel.CreateCallInvoker();
        foreach (
            var (method, message) in new[]
            {
                (EchoMethods.Say, "hello"),
                (EchoMethods.Split, "abc"),
                (EchoMethods.Fail, "late 5 gone"),
                (EchoMethods.Fail, "early 7 not you"),
            }
        )
            await CallAsync(calls, method, Encoding.ASCII.GetBytes(message));
    }

    private static async Task CallAsync(CallInvoker calls, Method<byte[], byte[]> method, byte[] message)
    {
        // On the wire a unary call is one that streams a single answer.
        using var call = calls.AsyncServerStreamingCall(
            new Method<byte[], byte[]>(
                MethodType.ServerStreaming,
                method.ServiceName,
                method.Name,
                method.RequestMarshaller,
                method.ResponseMarshaller
            ),
            null,
            default,
            message
        );
        try
        {
            await foreach (var _ in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken)) { }
        }
        catch (RpcException failure)
        {
            Assert.NotEqual(StatusCode.Unavailable, failure.StatusCode);
        }
    }

    private List<Sample> Samples()
    {
        var samples = new List<Sample>();
        _proxy.Telemetry.Stats.Collect(_proxy.Runtime.Current, samples);
        return samples;
    }

    private IEnumerable<string> Numbers(string prefix) =>
        Samples()
            .Where(sample => sample.PlainName.StartsWith(prefix, StringComparison.Ordinal))
            .Select(sample => $"{sample.PlainName[prefix.Length..]}: {sample.Distribution?.Count ?? sample.Value}")
            .Order(StringComparer.Ordinal);
}
