// SPDX-License-Identifier: Apache-2.0
namespace ControlPlane.Tests.Fixtures;

/// <summary>Istio's Bookinfo as this project runs it: services, one workload entry for each replica, subsets by version.</summary>
internal static class Bookinfo
{
    public static string Services { get; } =
        string.Join("---\n", new[] { "productpage", "details", "reviews", "ratings" }.Select(Service));

    public static string Workloads { get; } =
        string.Join(
            "---\n",
            Workload("productpage", "v1", 2),
            Workload("details", "v1", 3),
            Workload("reviews", "v1", 4),
            Workload("reviews", "v2", 5),
            Workload("reviews", "v3", 6),
            Workload("ratings", "v1", 7)
        );

    public const string Subsets = """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: reviews}
        spec:
          host: reviews
          subsets:
          - {name: v1, labels: {version: v1}}
          - {name: v2, labels: {version: v2}}
          - {name: v3, labels: {version: v3}, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}

        """;

    public const string Gateway = """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: bookinfo}
        spec:
          selector: {istio: ingressgateway}
          servers:
          - port: {number: 8080, name: http, protocol: HTTP}
            hosts: ["*"]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: bookinfo}
        spec:
          hosts: ["*"]
          gateways: [bookinfo]
          http:
          - match:
            - uri: {exact: /productpage}
            - uri: {prefix: /static}
            route:
            - destination: {host: productpage, port: {number: 9080}}

        """;

    public static string[] All { get; } = [Services, Workloads, Subsets, Gateway];

    private static string Service(string name) =>
        $$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{{name}}}}
            spec: {ports: [{name: http, port: 9080}], selector: {app: {{{name}}}}}

            """;

    public static string Workload(string app, string version, int number) =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: {{{app}}}-{{{version}}}-{{{number}}}}
            spec: {address: 127.0.1.{{{number}}}, labels: {app: {{{app}}}, version: {{{version}}}}}

            """;
}
