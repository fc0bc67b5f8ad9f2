// SPDX-License-Identifier: Apache-2.0
using Lateen.Agent;
using Lateen.Agent.Discovery;

namespace DataPlane.Tests.Agent;

public sealed class NodeTests
{
    private static readonly ProxyIdentity s_reviews = new()
    {
        Role = "sidecar",
        Address = "10.0.0.7",
        Name = "reviews-v1-1",
        Namespace = "shop",
        ServiceAccount = "reviews-sa",
        Workload = "reviews-v1",
        Labels = new Dictionary<string, string> { ["app"] = "reviews", ["version"] = "v1" },
        Metadata = new Dictionary<string, string> { ["CLUSTER_ID"] = "Kubernetes", ["EMPTY"] = "" },
        Locality = "eu/eu-1/a",
    };

    [Fact]
    public void The_node_says_what_istiod_wants_to_know()
    {
        var node = NodeBuilder.Build(s_reviews);
        Assert.Equal("sidecar~10.0.0.7~reviews-v1-1.shop~shop.svc.cluster.local", node.Id);
        Assert.Equal("reviews.shop", node.Cluster);
        Assert.Equal(("eu", "eu-1", "a"), (node.Locality.Region, node.Locality.Zone, node.Locality.SubZone));
        var metadata = node.Metadata.Fields;
        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["CLUSTER_ID"] = "Kubernetes",
                ["INSTANCE_IPS"] = "10.0.0.7",
                ["NAME"] = "reviews-v1-1",
                ["NAMESPACE"] = "shop",
                ["SERVICE_ACCOUNT"] = "reviews-sa",
                ["WORKLOAD_NAME"] = "reviews-v1",
            },
            new SortedDictionary<string, string>(
                metadata
                    .Where(static pair => pair.Key != "LABELS")
                    .ToDictionary(pair => pair.Key, pair => pair.Value.StringValue),
                StringComparer.Ordinal
            )
        );
        var labels = metadata["LABELS"].StructValue.Fields;
        Assert.Equal(("reviews", "v1", 2), (labels["app"].StringValue, labels["version"].StringValue, labels.Count));
    }

    [Theory]
    [InlineData("app", "reviews-v1", "reviews.shop")]
    [InlineData("other", "reviews-v1", "reviews-v1.shop")]
    [InlineData("other", "", "reviews-v1-1.shop")]
    public void The_cluster_of_a_node_is_its_app_else_its_workload_else_its_name(
        string label,
        string workload,
        string cluster
    ) =>
        Assert.Equal(
            cluster,
            NodeBuilder
                .Build(
                    s_reviews with
                    {
                        Labels = new Dictionary<string, string> { [label] = "reviews" },
                        Workload = workload,
                    }
                )
                .Cluster
        );

    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("eu", "eu", "", "")]
    [InlineData("eu/z", "eu", "z", "")]
    public void A_locality_may_be_known_in_part(string text, string region, string zone, string subZone)
    {
        var locality = NodeBuilder.Build(s_reviews with { Locality = text }).Locality;
        Assert.Equal((region, zone, subZone), (locality.Region, locality.Zone, locality.SubZone));
    }

    public static TheoryData<string, string, string, string, string> Names =>
        new()
        {
            // labels, app, version, canonical service, canonical revision
            { "", "unknown", "unknown", "reviews-v1", "latest" },
            { "app=a", "a", "unknown", "a", "latest" },
            { "app=a,version=v2", "a", "v2", "a", "v2" },
            {
                "app=a,version=v2,service.istio.io/canonical-name=c,service.istio.io/canonical-revision=r",
                "a",
                "v2",
                "c",
                "r"
            },
        };

    [Theory, MemberData(nameof(Names))]
    public void Metrics_name_the_workload_by_its_labels(
        string labels,
        string app,
        string version,
        string service,
        string revision
    )
    {
        var pairs = labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static pair => pair.Split('='));
        var named = (
            s_reviews with
            {
                Labels = pairs.ToDictionary(pair => pair[0], pair => pair[1]),
            }
        ).ToWorkloadLabels();
        Assert.Equal(
            (app, version, service, revision, "reviews-v1", "shop", "Kubernetes"),
            (
                named.App,
                named.Version,
                named.CanonicalService,
                named.CanonicalRevision,
                named.Workload,
                named.Namespace,
                named.Cluster
            )
        );
    }
}
