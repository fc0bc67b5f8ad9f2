// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using Lateen.Proxy.Stats;
using Lateen.Telemetry;
using Lateen.Xds;
using Cluster = Envoy.Config.Cluster.V3.Cluster;

namespace DataPlane.Tests.Stats;

/// <summary>A proxy beside the workload <c>web-v1</c>, whose numbers are read after its clients have gone.</summary>
internal sealed class StatsFixture : IDisposable
{
    private static readonly WorkloadLabels s_web = new()
    {
        Workload = "web-v1",
        Namespace = "shop",
        App = "web",
        Version = "v1",
        CanonicalService = "web",
        CanonicalRevision = "v1",
        Cluster = "Kubernetes",
    };

    public ProxyFixture Proxy { get; } = new(self: s_web);

    public void Dispose() => Proxy.Dispose();

    /// <summary>Cluster a, of the service that istiod names in its metadata.</summary>
    public void Cluster(int port) =>
        Assert.Empty(
            Proxy.Apply<Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    ProxyFixture
                        .Cluster("a", port)
                        .Replace(
                            "\"type\":\"STATIC\",",
                            """
                            "type":"STATIC","metadata":{"filterMetadata":{"istio":{"services":[
                              {"host":"reviews.shop.svc.cluster.local","name":"reviews","namespace":"shop"}]}}},
                            """,
                            StringComparison.Ordinal
                        )
                )
            )
        );

    /// <summary>A request on a connection of its own; everything about it is counted on return.</summary>
    public string Ask(System.Net.IPEndPoint at, string head = "GET / HTTP/1.1", string body = "")
    {
        var length = body.Length > 0 ? $"content-length: {body.Length}\r\n" : "";
        return ProxyFixture.Converse(at, $"{head}\r\nHost: shop\r\n{length}connection: close\r\n\r\n{body}");
    }

    /// <summary>What is not zero: name and labels → value; of a distribution its count.</summary>
    public Dictionary<string, long> Used() =>
        Samples()
            .Where(static sample => sample.IsUsed && sample.Kind != SampleKind.Text)
            .ToDictionary(
                static sample => sample.Labels.Length == 0 ? sample.Family : $"{sample.Family}{{{sample.Labels}}}",
                static sample => sample.Distribution?.Count ?? sample.Value
            );

    public List<Sample> Samples()
    {
        var settled = new TaskCompletionSource();
        // Behind everything the worker still has to say of the connections that ended.
        Proxy.Server.Workers[0].Loop.Post(settled.SetResult);
        Assert.True(settled.Task.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        var samples = new List<Sample>();
        Proxy.Telemetry.Stats.Collect(Proxy.Runtime.Current, samples);
        return samples;
    }
}
