// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Sources;
using Lateen.Config.Statuses;
using Lateen.ControlPlane.Statuses.GatewayApi;
using Lateen.Core;

namespace ControlPlane.Tests.Statuses;

/// <summary>What there is to say of listeners and of routes on them, in the specification's words.</summary>
public class GatewayListenerTests
{
    private const string Api = "gateway.networking.k8s.io/v1";

    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> s_namespaces = new()
    {
        ["default"] = new Dictionary<string, string>(),
        ["shop"] = new Dictionary<string, string> { ["team"] = "a" },
    };

    /// <summary>Listeners; of the first: what is not as it should be, as <c>Type Reason</c>; kinds that it takes; the Gateway's acceptance.</summary>
    public static TheoryData<string, string, string, string> Listeners =>
        new()
        {
            { "{name: a, port: 80, protocol: HTTP}", "", "HTTPRoute GRPCRoute", "True Accepted" },
            {
                "{name: a, port: 80, protocol: HTTP, allowedRoutes: {kinds: [{kind: GRPCRoute}]}}",
                "",
                "GRPCRoute",
                "True Accepted"
            },
            {
                "{name: a, port: 80, protocol: HTTP, allowedRoutes: {kinds: [{kind: HTTPRoute}, {kind: TCPRoute}]}}",
                "ResolvedRefs InvalidRouteKinds",
                "HTTPRoute",
                "False ListenersNotValid"
            },
            {
                "{name: a, port: 80, protocol: HTTP, allowedRoutes: {kinds: [{group: example.com, kind: HTTPRoute}]}}",
                "ResolvedRefs InvalidRouteKinds",
                "",
                "False ListenersNotValid"
            },
            { "{name: a, port: 80, protocol: TCP}", "", "TCPRoute", "True Accepted" },
            { "{name: a, port: 80, protocol: INVALID}", "Accepted UnsupportedProtocol", "", "False ListenersNotValid" },
            { "{name: a, port: 80, protocol: UDP}", "Accepted UnsupportedProtocol", "", "False ListenersNotValid" },
            {
                "{name: a, port: 80, protocol: example.com/odd}",
                "Accepted UnsupportedProtocol",
                "",
                "False ListenersNotValid"
            },
            { "{name: a, port: 443, protocol: TLS, tls: {mode: Passthrough}}", "", "TLSRoute", "True Accepted" },
            {
                "{name: a, port: 443, protocol: TLS, tls: {certificateRefs: [{name: good}]}}",
                "",
                "TLSRoute TCPRoute",
                "True Accepted"
            },
            {
                "{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: good}]}}",
                "",
                "HTTPRoute GRPCRoute",
                "True Accepted"
            },
            {
                "{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: none}]}}",
                "ResolvedRefs InvalidCertificateRef",
                "HTTPRoute GRPCRoute",
                "False ListenersNotValid"
            },
            {
                "{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: good}, {name: empty}]}}",
                "ResolvedRefs InvalidCertificateRef",
                "HTTPRoute GRPCRoute",
                "False ListenersNotValid"
            },
            {
                "{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{kind: ConfigMap, name: good}]}}",
                "ResolvedRefs InvalidCertificateRef",
                "HTTPRoute GRPCRoute",
                "False ListenersNotValid"
            },
            {
                "{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: granted, namespace: shop}]}}",
                "",
                "HTTPRoute GRPCRoute",
                "True Accepted"
            },
            {
                "{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: other, namespace: shop}]}}",
                "ResolvedRefs RefNotPermitted",
                "HTTPRoute GRPCRoute",
                "False ListenersNotValid"
            },
            {
                "{name: a, port: 80, protocol: HTTP, hostname: x.example.com}, {name: b, port: 80, protocol: HTTP, hostname: y.example.com}",
                "",
                "HTTPRoute GRPCRoute",
                "True Accepted"
            },
            {
                "{name: a, port: 80, protocol: HTTP}, {name: b, port: 80, protocol: TCP}",
                "Accepted ProtocolConflict, Conflicted ProtocolConflict",
                "HTTPRoute GRPCRoute",
                "False ListenersNotValid"
            },
            {
                "{name: a, port: 80, protocol: HTTP}, {name: b, port: 80, protocol: TCP}, {name: c, port: 81, protocol: HTTP}",
                "Accepted ProtocolConflict, Conflicted ProtocolConflict",
                "HTTPRoute GRPCRoute",
                "True ListenersNotValid"
            },
            {
                "{name: a, port: 80, protocol: HTTP, hostname: x.example.com}, {name: b, port: 80, protocol: HTTP, hostname: X.example.com}",
                "Accepted HostnameConflict, Conflicted HostnameConflict",
                "HTTPRoute GRPCRoute",
                "False ListenersNotValid"
            },
            {
                "{name: a, port: 443, protocol: HTTPS, hostname: x.example.com, tls: {certificateRefs: [{name: good}]}}, {name: b, port: 443, protocol: TLS, hostname: y.example.com, tls: {mode: Passthrough}}",
                "",
                "HTTPRoute GRPCRoute",
                "True Accepted"
            },
            {
                "{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: good}]}}, {name: b, port: 443, protocol: TLS, tls: {mode: Passthrough}}",
                "Accepted ProtocolConflict, Conflicted ProtocolConflict",
                "HTTPRoute GRPCRoute",
                "False ListenersNotValid"
            },
            {
                "{name: a, port: 53, protocol: TCP}, {name: b, port: 53, protocol: UDP}",
                "",
                "TCPRoute",
                "True ListenersNotValid"
            },
        };

    [Theory, MemberData(nameof(Listeners))]
    public void A_listener_is_in_order_or_says_why(string listeners, string problems, string kinds, string accepted)
    {
        var gateway = Build(listeners, "").Find("default", "gw")!;
        var first = gateway.Listeners[0];
        var conditions = first.Conditions(new Condition(Condition.Programmed, true, "Programmed", ""));
        Assert.Equal(
            ["Accepted", "Conflicted", "ResolvedRefs", "Programmed"],
            conditions.Select(static one => one.Type)
        );
        var found = conditions
            .Take(3)
            .Where(static one => one.IsTrue != (one.Type != "Conflicted"))
            .Select(static one => $"{one.Type} {one.Reason}");
        Assert.Equal(problems, string.Join(", ", found));
        Assert.Equal(problems.Length == 0 ? "Programmed" : "Invalid", conditions[3].Reason);
        Assert.Equal(kinds, string.Join(' ', first.SupportedKinds));
        Assert.Equal(accepted, $"{gateway.Accepted.Status} {gateway.Accepted.Reason}");
    }

    /// <summary>Listeners; a route's namespace, kind, reference and host names; whether it is accepted; attached routes of each listener.</summary>
    public static TheoryData<string, string, string, string, string, string, string> Routes =>
        new()
        {
            { One, "default", "HTTPRoute", "name: gw", "", "Accepted", "1" },
            { One, "default", "GRPCRoute", "name: gw", "", "Accepted", "1" },
            { One, "default", "TCPRoute", "name: gw", "", "NotAllowedByListeners", "0" },
            { One, "default", "HTTPRoute", "name: gw, sectionName: a", "", "Accepted", "1" },
            { One, "default", "HTTPRoute", "name: gw, sectionName: z", "", "NoMatchingParent", "0" },
            { One, "default", "HTTPRoute", "name: gw, port: 80", "", "Accepted", "1" },
            { One, "default", "HTTPRoute", "name: gw, port: 81", "", "NoMatchingParent", "0" },
            { One, "shop", "HTTPRoute", "name: gw, namespace: default", "", "NotAllowedByListeners", "0" },
            { From("from: All"), "shop", "HTTPRoute", "name: gw, namespace: default", "", "Accepted", "1" },
            { From("from: None"), "default", "HTTPRoute", "name: gw", "", "NotAllowedByListeners", "0" },
            {
                From("from: Selector, selector: {matchLabels: {team: a}}"),
                "shop",
                "HTTPRoute",
                "name: gw, namespace: default",
                "",
                "Accepted",
                "1"
            },
            {
                From("from: Selector, selector: {matchLabels: {team: b}}"),
                "shop",
                "HTTPRoute",
                "name: gw, namespace: default",
                "",
                "NotAllowedByListeners",
                "0"
            },
            {
                From("from: Selector, selector: {matchExpressions: [{key: team, operator: In, values: [a, b]}]}"),
                "shop",
                "HTTPRoute",
                "name: gw, namespace: default",
                "",
                "Accepted",
                "1"
            },
            {
                From("from: Selector, selector: {matchExpressions: [{key: team, operator: DoesNotExist}]}"),
                "shop",
                "HTTPRoute",
                "name: gw, namespace: default",
                "",
                "NotAllowedByListeners",
                "0"
            },
            { Hosts, "default", "HTTPRoute", "name: gw", "", "Accepted", "1 1" },
            { Hosts, "default", "HTTPRoute", "name: gw", "x.example.com", "Accepted", "1 1" },
            { Hosts, "default", "HTTPRoute", "name: gw", "y.example.com", "Accepted", "0 1" },
            { Hosts, "default", "HTTPRoute", "name: gw", "'*.example.com'", "Accepted", "1 1" },
            { Hosts, "default", "HTTPRoute", "name: gw", "example.com", "NoMatchingListenerHostname", "0 0" },
            { Hosts, "default", "HTTPRoute", "name: gw", "x.example.org", "NoMatchingListenerHostname", "0 0" },
            {
                Hosts,
                "default",
                "HTTPRoute",
                "name: gw, sectionName: a",
                "y.example.com",
                "NoMatchingListenerHostname",
                "0 0"
            },
        };

    private const string One = "{name: a, port: 80, protocol: HTTP}";

    private const string Hosts =
        "{name: a, port: 80, protocol: HTTP, hostname: x.example.com}, {name: b, port: 80, protocol: HTTP, hostname: '*.example.com'}";

    [Theory, MemberData(nameof(Routes))]
    public void A_route_is_attached_or_says_why_not(
        string listeners,
        string ns,
        string kind,
        string parent,
        string hosts,
        string reason,
        string attached
    )
    {
        var api = kind == "TCPRoute" ? "gateway.networking.k8s.io/v1alpha2" : Api;
        var hostnames = hosts.Length == 0 ? "" : $", hostnames: [{hosts}]";
        var gateways = Build(
            listeners,
            $$"""
            apiVersion: {{api}}
            kind: {{kind}}
            metadata: {name: r, namespace: {{ns}}}
            spec: {parentRefs: [{ {{parent}} }]{{hostnames}}, rules: [{backendRefs: [{name: s, port: 80}]}]}
            """
        );
        var route = gateways.Route(new ConfigKey("gateway.networking.k8s.io", kind, ns, "r"))!;
        var gateway = gateways.Parent(route.Parents[0], ns)!;
        var accepted = gateways.Acceptance(route, route.Parents[0], gateway);
        Assert.Equal((reason, reason == "Accepted"), (accepted.Reason, accepted.IsTrue));
        Assert.Equal(attached, string.Join(' ', gateway.Listeners.Select(static one => one.AttachedRoutes)));
    }

    [Fact]
    public void A_route_with_two_references_to_a_listener_counts_once()
    {
        var gateways = Build(
            One,
            $$"""
            apiVersion: {{Api}}
            kind: HTTPRoute
            metadata: {name: r, namespace: default}
            spec: {parentRefs: [{name: gw, sectionName: a}, {name: gw, port: 80}], rules: [{backendRefs: [{name: s, port: 80}]}]}
            """
        );
        Assert.Equal(1, gateways.Find("default", "gw")!.Listeners[0].AttachedRoutes);
    }

    [Theory]
    [InlineData("", "gw-lateen", "", "Hostname gw-lateen.default.svc.cluster.local")]
    [InlineData("", "gw-lateen", "192.0.2.1", "IPAddress 192.0.2.1")]
    [InlineData("", "another", "", "")]
    [InlineData("{type: Hostname, value: edge}", "edge", "", "Hostname edge.default.svc.cluster.local")]
    [InlineData("{type: Hostname, value: edge}", "gw-lateen", "", "")]
    public void Addresses_are_those_of_the_service_in_front(
        string addresses,
        string service,
        string external,
        string expected
    )
    {
        var config = Config(
            One,
            $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{service}}, namespace: default}
            spec: {externalIPs: [{{external}}], ports: [{name: http, port: 80}]}
            """,
            addresses
        );
        var gateway = new OurGateways(config, s_namespaces).Find("default", "gw")!;
        var found = gateway.Addresses(config).Select(static one => $"{one.Type} {one.Value}");
        Assert.Equal(expected, string.Join(", ", found));
    }

    [Fact]
    public void An_address_of_another_type_is_not_supported()
    {
        var config = Config(One, "", "{type: example.com/pool, value: a}");
        var accepted = new OurGateways(config, s_namespaces).Find("default", "gw")!.Accepted;
        Assert.Equal((false, "UnsupportedAddress"), (accepted.IsTrue, accepted.Reason));
    }

    private static string From(string from) =>
        $"{{name: a, port: 80, protocol: HTTP, allowedRoutes: {{namespaces: {{{from}}}}}}}";

    private static OurGateways Build(string listeners, string more) => new(Config(listeners, more, ""), s_namespaces);

    private static ConfigSnapshot Config(string listeners, string more, string addresses)
    {
        var text = $$"""
            apiVersion: {{Api}}
            kind: GatewayClass
            metadata: {name: lateen}
            spec: {controllerName: lateen.io/gateway-controller}
            ---
            apiVersion: {{Api}}
            kind: Gateway
            metadata: {name: gw, namespace: default}
            spec: {gatewayClassName: lateen, listeners: [{{listeners}}], addresses: [{{addresses}}]}
            ---
            {{Secret("good", "default", "tls.crt: YQ==, tls.key: YQ==")}}
            ---
            {{Secret("empty", "default", "")}}
            ---
            {{Secret("granted", "shop", "tls.crt: YQ==, tls.key: YQ==")}}
            ---
            {{Secret("other", "shop", "tls.crt: YQ==, tls.key: YQ==")}}
            ---
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: g, namespace: shop}
            spec: {from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: default}], to: [{group: "", kind: Secret, name: granted}]}
            """;
        var texts = new Dictionary<string, string> { ["a"] = text };
        if (more.Length > 0)
            texts["b"] = more;
        var config = new ConfigAssembler().Assemble(texts);
        Assert.DoesNotContain(config.Problems, static problem => problem.Severity == Severity.Error);
        return config;
    }

    private static string Secret(string name, string ns, string data) =>
        $"{{apiVersion: v1, kind: Secret, metadata: {{name: {name}, namespace: {ns}}}, data: {{{data}}}}}";
}
