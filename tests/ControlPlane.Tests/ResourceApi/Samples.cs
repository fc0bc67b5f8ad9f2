// SPDX-License-Identifier: Apache-2.0
namespace ControlPlane.Tests.ResourceApi;

/// <summary>Paths and objects that tests use.</summary>
internal static class Samples
{
    public const string Routes = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";
    public const string AllRoutes = "/apis/networking.istio.io/v1/virtualservices";
    public const string Rules = "/apis/networking.istio.io/v1/namespaces/default/destinationrules";
    public const string Services = "/api/v1/namespaces/default/services";
    public const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    public const string Namespaces = "/api/v1/namespaces";

    /// <summary>A VirtualService in JSON.</summary>
    public static string Route(string name, string host = "reviews", string labels = "") =>
        $$$"""
            {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"{{{name}}}","labels":{{{{labels}}}}},
             "spec":{"hosts":["{{{host}}}"],"http":[{"route":[{"destination":{"host":"{{{host}}}"}}]}]}}
            """;

    /// <summary>The same in YAML.</summary>
    public static string RouteYaml(string name, string host = "reviews", string labels = "") =>
        $$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: {{name}}
              labels: { {{labels}} }
            spec:
              hosts:
                - {{host}}
              http:
                - route:
                    - destination:
                        host: {{host}}

            """;

    public static string Rule(string name, string host = "reviews") =>
        $$$"""
            {"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"{{{name}}}"},"spec":{"host":"{{{host}}}"}}
            """;

    public static string ConfigMap(string name, string data = "") =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"},"data":{{{{data}}}}}""";

    public static string Namespace(string name) =>
        $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}"}}""";
}
