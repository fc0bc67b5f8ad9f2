// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Server;
using Lateen.Proxy.Admin;
using Lateen.Proxy.Clusters;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using EndpointApi = Envoy.Config.Endpoint.V3;

namespace DataPlane.Tests.Health;

/// <summary>A proxy whose cluster "a" checks the health of endpoints that tests write.</summary>
internal sealed class HealthFixture : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Intervals short enough for tests, with thresholds that count at once.</summary>
    public const string Fast =
        "\"timeout\":\"5s\",\"interval\":\"0.005s\",\"noTrafficInterval\":\"0.005s\",\"unhealthyThreshold\":1,\"healthyThreshold\":1";

    private int _isDisposed;

    public ProxyFixture Proxy { get; } = new();

    public static string Endpoint(int port, string fields = "") =>
        $$$$"""{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{{{port}}}} } }{{{{fields}}}} } }""";

    /// <summary>A static cluster.</summary>
    /// <param name="check">Fields of its health check.</param>
    /// <param name="more">Fields of the cluster, each behind a comma.</param>
    public void Cluster(string check, string endpoints, string more = "") =>
        Assert.Empty(
            Proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$"""
                    {"name":"a","type":"STATIC","connectTimeout":"2s","healthChecks":[{{{check}}}],
                     "loadAssignment":{"clusterName":"a","endpoints":[{"lbEndpoints":[{{endpoints}}]}]}{{more}} }
                    """
                )
            )
        );

    /// <summary>The same with endpoints by EDS.</summary>
    public void EdsCluster(string check, string more = "") =>
        Assert.Empty(
            Proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("a", $$"""{"name":"a","type":"EDS","healthChecks":[{{{check}}}]{{more}} }""")
            )
        );

    public void Eds(params string[] endpoints) =>
        Assert.Empty(
            Proxy.Apply<EndpointApi.ClusterLoadAssignment>(
                TypeUrls.Endpoints,
                ("a", $$"""{"clusterName":"a","endpoints":[{"lbEndpoints":[{{string.Join(',', endpoints)}}]}]}""")
            )
        );

    /// <summary>The cluster in force; null while there is none.</summary>
    public ClusterRuntime? InForce => Proxy.Runtime.Current.Clusters.GetValueOrDefault("a");

    /// <summary>Its next version, while that waits; null for none.</summary>
    private ClusterRuntime? Warming => Proxy.Runtime.Current.Warming is [var first, ..] ? first : null;

    /// <summary>Flags of an endpoint as the admin interface shows them; null for an endpoint that is not there.</summary>
    public string? Flags(int port)
    {
        var cluster = InForce ?? Warming;
        var endpoint = cluster?.Endpoints.FirstOrDefault(endpoint => endpoint.State.Address.Port == port);
        return endpoint is null ? null : ClustersPage.Flags(endpoint);
    }

    public void WaitForFlags(int port, string? flags) =>
        WaitFor(() => Flags(port) == flags, () => Flags(port) ?? "gone");

    public void WaitForStat(string name, long atLeast) =>
        WaitFor(() => Proxy.Stat($"cluster.a.{name}") >= atLeast, () => $"{name} is {Proxy.Stat($"cluster.a.{name}")}");

    /// <summary>Until something that health checks bring about is so.</summary>
    public static void WaitFor(Func<bool> condition, Func<string>? state = null) =>
        Assert.True(SpinWait.SpinUntil(condition, s_patience), state?.Invoke());

    /// <summary>A listener with a route to the cluster.</summary>
    public IPEndPoint Listen(string fields = "") =>
        Proxy.Http($$"""{"match":{"prefix":"/"},"route":{"cluster":"a"{{fields}} } }""");

    public static string Ask(IPEndPoint at) =>
        ProxyFixture.Converse(at, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    /// <summary>May be called by a test that wants all logs written.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            Proxy.Dispose();
    }
}
