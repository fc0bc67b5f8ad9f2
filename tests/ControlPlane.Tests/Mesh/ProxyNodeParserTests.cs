// SPDX-License-Identifier: Apache-2.0
using Lateen.Mesh;

namespace ControlPlane.Tests.Mesh;

public class ProxyNodeParserTests
{
    private const string Id = "sidecar~127.0.1.4~reviews-v1-1.shop~shop.svc.cluster.local";

    [Fact]
    public void A_full_node_is_read()
    {
        var node = Parse(
            Id,
            new()
            {
                ["NAMESPACE"] = "shop",
                ["SERVICE_ACCOUNT"] = "reviews",
                ["WORKLOAD_NAME"] = "reviews-v1",
                ["NAME"] = "reviews-v1-1",
                ["CLUSTER_ID"] = "lateen",
                ["INSTANCE_IPS"] = "127.0.1.5,::1",
                ["INTERCEPTION_MODE"] = "NONE",
                ["HTTP_PROXY_PORT"] = "15007",
                ["ISTIO_VERSION"] = "1.32.0",
                ["APP_ADDRESS"] = "127.0.2.4",
                ["BIND_ADDRESS"] = "127.0.1.4",
            }
        );
        var expected = new ProxyNode
        {
            Id = Id,
            Kind = ProxyKind.Sidecar,
            Address = "127.0.1.5",
            Name = "reviews-v1-1",
            Namespace = "shop",
            Workload = "reviews-v1",
            ServiceAccount = "reviews",
            Labels = node.Labels,
            ClusterId = "lateen",
            Version = "1.32.0",
            Interception = InterceptionMode.None,
            HttpProxyPort = 15007,
            AppAddress = "127.0.2.4",
            BindAddress = "127.0.1.4",
        };
        Assert.Equal(expected, node);
    }

    [Fact]
    public void What_a_node_leaves_out_comes_from_its_id()
    {
        var node = Parse(Id.Replace("sidecar", "router", StringComparison.Ordinal), []);
        Assert.Equal(ProxyKind.Gateway, node.Kind);
        Assert.Equal(
            ("127.0.1.4", "reviews-v1-1", "shop", "reviews-v1-1"),
            (node.Address, node.Name, node.Namespace, node.Workload)
        );
        Assert.Equal(
            (InterceptionMode.Redirect, "127.0.0.1", "0.0.0.0"),
            (node.Interception, node.AppAddress, node.BindAddress)
        );
    }

    [Theory]
    [InlineData("", "", "1 parts")]
    [InlineData("sidecar~127.0.0.1~name", "", "3 parts")]
    [InlineData("ztunnel~127.0.0.1~a.b~b.svc.cluster.local", "", "is of kind \"ztunnel\"")]
    [InlineData("sidecar~here~a.b~b.svc.cluster.local", "", "has no valid IP address")]
    [InlineData("sidecar~127.0.0.1~a.b~b.svc.cluster.local", "SOMETIMES", "use REDIRECT, TPROXY or NONE")]
    public void A_node_that_cannot_be_served_is_told_why(string id, string interception, string problem)
    {
        var metadata = new Dictionary<string, string> { ["INTERCEPTION_MODE"] = interception };
        Assert.False(
            ProxyNodeParser.TryParse(id, metadata, new Dictionary<string, string>(), Locality.None, out _, out var told)
        );
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    private static ProxyNode Parse(string id, Dictionary<string, string> metadata)
    {
        var labels = new Dictionary<string, string> { ["app"] = "reviews" };
        Assert.True(
            ProxyNodeParser.TryParse(id, metadata, labels, Locality.None, out var node, out var problem),
            problem
        );
        return node;
    }
}
