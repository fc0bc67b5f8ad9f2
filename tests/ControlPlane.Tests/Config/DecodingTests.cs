// SPDX-License-Identifier: Apache-2.0
using CsCheck;
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Core;

namespace ControlPlane.Tests.Config;

public class DecodingTests
{
    /// <summary>A spec in one line of flow YAML, and the one problem it must give: code, field, and a word of the fix.</summary>
    public static TheoryData<string, string, string, string, string> Refused =>
        new()
        {
            { "VirtualService", "{hosts: [a], http: [{rout: []}]}", "LT0105", "spec.http[0].rout", "route" },
            {
                "VirtualService",
                "{hosts: [a], http: [{route: [{destination: {host: a}, weight: -1}]}]}",
                "LT0202",
                "spec.http[0].route[0].weight",
                "at least 0"
            },
            { "VirtualService", "{tcp: [{route: [{destination: {host: a}}]}]}", "LT0201", "spec.hosts", "add" },
            { "VirtualService", "{hosts: [a]}", "LT0201", "spec.http", "add" },
            {
                "VirtualService",
                "{hosts: a, http: [{route: [{destination: {host: a}}]}]}",
                "LT0106",
                "spec.hosts",
                "list"
            },
            { "VirtualService", "{hosts: [a], http: [{}]}", "LT0204", "spec.http[0].route", "keep one" },
            {
                "VirtualService",
                "{hosts: [a], http: [{route: [{destination: {host: a}}], redirect: {uri: /x}}]}",
                "LT0204",
                "spec.http[0].route",
                "keep one"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{route: [{destination: {}}]}]}",
                "LT0201",
                "spec.http[0].route[0].destination.host",
                "add"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{route: [{weight: 1}]}]}",
                "LT0201",
                "spec.http[0].route[0].destination",
                "add"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{match: [{uri: {regex: '(?=x)'}}], route: [{destination: {host: a}}]}]}",
                "LT0213",
                "spec.http[0].match[0].uri.regex",
                "RE2"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{match: [{uri: {regex: '('}}], route: [{destination: {host: a}}]}]}",
                "LT0213",
                "spec.http[0].match[0].uri.regex",
                "RE2"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{match: [{uri: {exact: a, prefix: b}}], route: [{destination: {host: a}}]}]}",
                "LT0204",
                "spec.http[0].match[0].uri.exact",
                "keep one"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{match: [{uri: {}}], route: [{destination: {host: a}}]}]}",
                "LT0204",
                "spec.http[0].match[0].uri.exact",
                "keep one"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{timeout: soon, route: [{destination: {host: a}}]}]}",
                "LT0106",
                "spec.http[0].timeout",
                "duration"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{timeout: 10us, route: [{destination: {host: a}}]}]}",
                "LT0202",
                "spec.http[0].timeout",
                "1ms"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{redirect: {uri: /, redirectCode: 305}}]}",
                "LT0214",
                "spec.http[0].redirect.redirectCode",
                "301"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{directResponse: {}}]}",
                "LT0201",
                "spec.http[0].directResponse.status",
                "add"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{directResponse: {status: 99}}]}",
                "LT0202",
                "spec.http[0].directResponse.status",
                "200 to 599"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{directResponse: {status: 200, body: {bytes: '%%'}}}]}",
                "LT0106",
                "spec.http[0].directResponse.body.bytes",
                "base64"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{route: [{destination: {host: a, port: {number: 70000}}}]}]}",
                "LT0202",
                "spec.http[0].route[0].destination.port.number",
                "65535"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{route: [{destination: {host: a}, weight: 0}, {destination: {host: b}, weight: 0}]}]}",
                "LT0203",
                "spec.http[0].route",
                "weight"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{retries: {attempts: many}, route: [{destination: {host: a}}]}]}",
                "LT0106",
                "spec.http[0].retries.attempts",
                "whole number"
            },
            { "VirtualService", "{hosts: [a], tcp: [{match: [{port: 1}]}]}", "LT0201", "spec.tcp[0].route", "add" },
            {
                "VirtualService",
                "{hosts: [a], http: [{rewrite: {uri: /a, uriRegexRewrite: {match: a, rewrite: b}}, route: [{destination: {host: a}}]}]}",
                "LT0204",
                "spec.http[0].rewrite.uri",
                "keep one"
            },
            { "DestinationRule", "{subsets: [{name: v1}]}", "LT0201", "spec.host", "add" },
            { "DestinationRule", "{host: a, subsets: [{labels: {a: b}}]}", "LT0201", "spec.subsets[0].name", "add" },
            {
                "DestinationRule",
                "{host: a, subsets: [{name: x}, {name: x}]}",
                "LT0217",
                "spec.subsets",
                "remove or change"
            },
            {
                "DestinationRule",
                "{host: a, trafficPolicy: {loadBalancer: {simple: FASTEST}}}",
                "LT0106",
                "spec.trafficPolicy.loadBalancer.simple",
                "ROUND_ROBIN"
            },
            {
                "DestinationRule",
                "{host: a, trafficPolicy: {connectionPool: {tcp: {maxConnections: 0}}}}",
                "LT0202",
                "spec.trafficPolicy.connectionPool.tcp.maxConnections",
                "at least 1"
            },
            {
                "DestinationRule",
                "{host: a, trafficPolicy: {portLevelSettings: [{}]}}",
                "LT0201",
                "spec.trafficPolicy.portLevelSettings[0].port",
                "add"
            },
            { "DestinationRule", "{host: a, subset: []}", "LT0105", "spec.subset", "subsets" },
            { "Gateway", "{selector: {a: b}}", "LT0201", "spec.servers", "add" },
            { "Gateway", "{servers: [{hosts: ['*']}]}", "LT0201", "spec.servers[0].port", "add" },
            {
                "Gateway",
                "{servers: [{port: {number: 80, name: http, protocol: HTTP}}]}",
                "LT0201",
                "spec.servers[0].hosts",
                "add"
            },
            {
                "Gateway",
                "{servers: [{port: {name: http, protocol: HTTP}, hosts: ['*']}]}",
                "LT0201",
                "spec.servers[0].port.number",
                "add"
            },
            { "ServiceEntry", "{ports: [{number: 80, name: http}]}", "LT0201", "spec.hosts", "add" },
            {
                "ServiceEntry",
                "{hosts: [a.b], resolution: STATIC, endpoints: [{address: x.y}]}",
                "LT0215",
                "spec.endpoints[0].address",
                "DNS"
            },
            {
                "ServiceEntry",
                "{hosts: [a.b], endpoints: [{address: 1.2.3.4}]}",
                "LT0203",
                "spec.resolution",
                "STATIC"
            },
            { "ServiceEntry", "{hosts: [a.b], resolution: MAGIC}", "LT0106", "spec.resolution", "STATIC" },
            {
                "ServiceEntry",
                "{hosts: [a.b], resolution: STATIC, workloadSelector: {labels: {a: b}}, endpoints: [{address: 1.2.3.4}]}",
                "LT0204",
                "spec.endpoints",
                "keep one"
            },
            { "WorkloadEntry", "{labels: {a: b}}", "LT0201", "spec.address", "add" },
            { "WorkloadEntry", "{address: 1.2.3.4, weight: -1}", "LT0202", "spec.weight", "at least 0" },
            { "WorkloadEntry", "{address: 1.2.3.4, ports: {http: many}}", "LT0106", "spec.ports.http", "number" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_bad_value_gives_one_problem_that_names_field_and_fix(
        string kind,
        string spec,
        string code,
        string field,
        string fix
    )
    {
        var decoded = Decode(kind, spec);
        var problem = Assert.Single(decoded.Problems);
        Assert.Equal((code, field), (problem.Code, problem.Field));
        Assert.Equal(Severity.Error, problem.Severity);
        Assert.Contains(fix, problem.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("test.yaml:4:", problem.ToString(), StringComparison.Ordinal);
        Assert.Empty(decoded.Resources);
        Assert.Equal([new ConfigKey("networking.istio.io", kind, "default", "x")], decoded.Refused);
    }

    public static TheoryData<string, string> Accepted =>
        new()
        {
            { "VirtualService", "{hosts: [a], http: [{route: [{destination: {host: a}}]}]}" },
            { "VirtualService", "{http: [{route: [{destination: {host: a}}]}]}" },
            {
                "VirtualService",
                "{hosts: ['*.b'], gateways: [g, mesh], http: [{match: [{uri: {prefix: /}, headers: {x: {exact: '1'}, y: {}}, queryParams: {q: {regex: 'a+'}}, method: {exact: GET}, ignoreUriCase: true, port: 80, sourceLabels: {app: c}}], rewrite: {uri: /x}, timeout: 1.5s, retries: {attempts: 3, perTryTimeout: 250ms, retryOn: '5xx,reset'}, headers: {request: {set: {a: b}, add: {c: d}, remove: [e]}}, route: [{destination: {host: a, subset: v1, port: {number: 80}}, weight: 90}, {destination: {host: a, subset: v2}, weight: 10}]}]}"
            },
            {
                "VirtualService",
                "{hosts: [a], http: [{timeout: 1ms, redirect: {uri: /x, authority: h, scheme: https, port: 8443, redirectCode: 308}}]}"
            },
            { "VirtualService", "{hosts: [a], http: [{directResponse: {status: 503, body: {string: sorry}}}]}" },
            {
                "VirtualService",
                "{hosts: [a], tcp: [{match: [{port: 9000}], route: [{destination: {host: a}, weight: 1}]}]}"
            },
            {
                "DestinationRule",
                "{host: a, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}, connectionPool: {tcp: {maxConnections: 10, connectTimeout: 2s}, http: {maxRequestsPerConnection: 5, idleTimeout: 1m}}, portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: RANDOM}}]}, subsets: [{name: v1, labels: {version: v1}}]}"
            },
            {
                "Gateway",
                "{selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}"
            },
            {
                "ServiceEntry",
                "{hosts: [api.example.com], location: MESH_EXTERNAL, ports: [{number: 443, name: https, protocol: HTTPS}], resolution: DNS}"
            },
            {
                "ServiceEntry",
                "{hosts: [a.b], ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}], resolution: STATIC, endpoints: [{address: 10.0.0.1, ports: {http: 81}, labels: {a: b}, locality: r/z, weight: 2}]}"
            },
            { "WorkloadEntry", "{address: 10.0.0.1, labels: {app: a}, serviceAccount: s}" },
        };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void A_good_resource_has_no_problem(string kind, string spec)
    {
        var decoded = Decode(kind, spec);
        Assert.Empty(decoded.Problems);
        Assert.Single(decoded.Resources);
    }

    [Fact]
    public void Every_problem_of_a_resource_is_found_at_once()
    {
        var decoded = Decode(
            "VirtualService",
            "{host: [a], http: [{timeout: x, route: [{destination: {host: a}, weight: -1}]}]}"
        );
        Assert.Equal(["LT0105", "LT0106", "LT0202"], decoded.Problems.Select(problem => problem.Code).Order());
    }

    [Fact]
    public void A_known_field_that_is_not_in_force_yet_is_a_warning()
    {
        var decoded = Decode(
            "VirtualService",
            "{hosts: [a], http: [{fault: {abort: {httpStatus: 500, percentage: {value: 100}}}, route: [{destination: {host: a}}]}]}"
        );
        var problem = Assert.Single(decoded.Problems);
        Assert.Equal((Severity.Warning, "spec.http[0].fault"), (problem.Severity, problem.Field));
        Assert.Single(decoded.Resources);
    }

    [Theory]
    [InlineData("a: [", "LT0101")]
    [InlineData("a: \"\\ud800\"", "LT0101")]
    [InlineData("a: [\"\\U0011ffff\"]", "LT0101")]
    [InlineData("apiVersion: v1\nkind: Service\nkind: Pod\nmetadata: {name: x}\nspec: {}", "LT0112")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {selector: {a: b, a: b}}", "LT0112")]
    [InlineData("- 1", "LT0102")]
    [InlineData("kind: Service", "LT0102")]
    [InlineData("apiVersion: networking.istio.io/v1\nkind: VirtualServices\nmetadata: {name: x}", "LT0103")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}", "LT0104")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {template: {spec: 7}}", "LT0104")]
    [InlineData("apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: x}", "LT0104")]
    [InlineData("apiVersion: config.istio.io/v1alpha2\nkind: memquota\nmetadata: {name: x}", "LT0104")]
    [InlineData("apiVersion: config.istio.io/v1alpha2\nkind: hendler\nmetadata: {name: x}", "LT0103")]
    [InlineData("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: x}", "LT0104")]
    [InlineData("apiVersion: v1\nkind: PodTemplate\nmetadata: {name: x}", "LT0104")]
    [InlineData("apiVersion: v1\nkind: Config\nclusters: []", "LT0104")]
    [InlineData("apiVersion: v1\nkind: Servce\nmetadata: {name: x}", "LT0103")]
    [InlineData("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: x}", "LT0104")]
    [InlineData("apiVersion: networking.x-k8s.io/v1alpha1\nkind: Gateway\nmetadata: {name: x}", "LT0104")]
    [InlineData("apiVersion: networking.istio.oi/v1\nkind: ServiceExport\nmetadata: {name: x}", "LT0104")]
    [InlineData("apiVersion: networking.istio.oi/v1\nkind: Gateway\nmetadata: {name: x}", "LT0103")]
    [InlineData("apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: x}", "LT0501")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: {}\nspec: {}", "LT0102")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: {name: x}", "LT0201")]
    public void A_document_that_is_no_resource_says_why(string text, string code) =>
        Assert.Equal(code, Assert.Single(ResourceDecoder.Decode("test.yaml", text).Problems).Code);

    [Theory]
    [InlineData("networking.istio.io/v1", "VirtualServices", "did you mean VirtualService?")]
    [InlineData("networking.istio.io/v1", "Telemetry", "check kind and apiVersion")]
    [InlineData("gateway.networking.k8s.io/v1", "HTTPRout", "did you mean HTTPRoute?")]
    [InlineData("v1", "Servce", "did you mean Service?")]
    [InlineData("istio.networking.io/v1", "VirtualService", null)]
    [InlineData("networking.istio.oi/v1", "VirtualService", "did you mean networking.istio.io/v1 VirtualService?")]
    public void A_misspelt_kind_is_told_what_it_may_be(string apiVersion, string kind, string? fix) =>
        Assert.Equal(
            fix,
            Assert
                .Single(
                    ResourceDecoder
                        .Decode("test.yaml", $"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{name: x}}")
                        .Problems
                )
                .Fix
        );

    [Fact]
    public void No_text_makes_the_decoder_throw()
    {
        string[] pieces =
        [
            "a",
            ":",
            " ",
            "\n",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "'",
            "\"",
            "&x ",
            "*x",
            "<<",
            "|",
            "#",
            "kind",
            "spec",
            "\t",
            "!!str",
            "---\n",
        ];
        Gen.Int[0, pieces.Length - 1]
            .List[0, 30]
            .Sample(
                parts => ResourceDecoder.Decode("t", string.Concat(parts.Select(part => pieces[part]))),
                iter: 3000
            );
    }

    private static DecodedText Decode(string kind, string spec) =>
        ResourceDecoder.Decode(
            "test.yaml",
            $"apiVersion: networking.istio.io/v1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}"
        );
}
