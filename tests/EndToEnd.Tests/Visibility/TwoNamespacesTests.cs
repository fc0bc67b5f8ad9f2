// SPDX-License-Identifier: Apache-2.0
using EndToEnd.Tests.BadInput;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests.Visibility;

/// <summary>Proxies of two namespaces under one control plane, with the same routes in reach, of which each has those that it sees.</summary>
public class TwoNamespacesTests
{
    private const int ShopPort = 8091;

    private const string Shop = """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: edge, namespace: shop}
        spec:
          selector: {istio: shopgateway}
          servers:
            - {port: {number: 8091, name: http, protocol: HTTP}, hosts: ["*"]}
        ---
        apiVersion: lateen.io/v1alpha1
        kind: Workload
        metadata: {name: shopgateway, namespace: shop}
        spec: {gateway: true, labels: {istio: shopgateway}}
        """;

    [Fact]
    public async Task Each_namespace_has_the_routes_and_rules_that_are_exported_to_it()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var mesh = await SmallMesh.StartAsync(limit.Token, hasRoutes: false, Shop);
        // The public routes hold everywhere, but for the namespace with routes of its own, though they are younger.
        mesh.WriteRoutes(Routes("a", "default", "'*'", "v1") + Routes("b", "shop", ".", "v2"));
        await ShowsAsync("v1", "v2");
        // The same to the one, and to the other alone.
        mesh.WriteRoutes(Routes("a", "default", ".", "v2") + Routes("b", "default", "shop", "v1"));
        await ShowsAsync("v2", "v1");
        // Hidden routes are none.
        mesh.WriteRoutes(Routes("a", "default", ".", "v1"));
        await ShowsAsync("v1", "404");
        // A rule of the client's own namespace says what a subset is there.
        mesh.WriteRoutes(Routes("a", "default", "'*'", "v1") + OwnRule);
        await ShowsAsync("v1", "v2");
        Assert.Equal(0, await mesh.StopAsync(limit.Token));

        async Task ShowsAsync(string here, string inShop)
        {
            await Eventually.TrueAsync(async () => await AnswerAsync(8090) == here, limit.Token);
            await Eventually.TrueAsync(async () => await AnswerAsync(ShopPort) == inShop, limit.Token);
        }

        async Task<string> AnswerAsync(int port)
        {
            var status = await mesh.StatusAsync(limit.Token, port);
            return status == 200 ? await mesh.AskAsync(limit.Token, port) : $"{status}";
        }
    }

    /// <summary>For clients in <c>shop</c>, v1 is what is v2 elsewhere.</summary>
    private const string OwnRule = """
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: reviews, namespace: shop}
        spec:
          host: reviews.default.svc.cluster.local
          exportTo: [.]
          subsets:
            - {name: v1, labels: {version: v2}}

        """;

    private static string Routes(string name, string ns, string exportTo, string subset) =>
        $$"""
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: {{name}}, namespace: {{ns}}}
            spec:
              hosts: ["*"]
              gateways: [default/edge, shop/edge]
              exportTo: [{{exportTo}}]
              http:
                - route:
                    - destination: {host: reviews.default.svc.cluster.local, subset: {{subset}}}

            """;
}
