// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.GatewayApi;

/// <summary>GRPCRoutes, routes of connections, and the policy for TLS to backends.</summary>
internal static class OtherRoutesValidator
{
    public static void Check(GrpcRoute route, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < route.Hostnames.Count; i++)
            KubernetesGatewayValidator.CheckHostname(route.Hostnames[i], at["hostnames"][i], scope);
        for (var i = 0; i < route.Rules.Count; i++)
        {
            var here = at["rules"][i];
            for (var j = 0; j < route.Rules[i].Matches.Count; j++)
                CheckMatch(route.Rules[i].Matches[j], here["matches"][j], scope);
            for (var j = 0; j < route.Rules[i].BackendRefs.Count; j++)
            {
                if (route.Rules[i].BackendRefs[j] is { Group: "", Kind: "Service", Port: null })
                    scope.Missing(here["backendRefs"][j]["port"]);
            }
        }
        Names.CheckUnique(route.Rules.Select(static rule => rule.Name), at["rules"], "name", scope);
    }

    public static void Check(TlsRoute route, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < route.Hostnames.Count; i++)
            KubernetesGatewayValidator.CheckHostname(route.Hostnames[i], at["hostnames"][i], scope);
        CheckRules(route.Rules, at["rules"], scope);
    }

    public static void Check(TcpRoute route, FieldPath at, ValidationScope scope) =>
        CheckRules(route.Rules, at["rules"], scope);

    public static void Check(BackendTlsPolicy policy, FieldPath at, ValidationScope scope)
    {
        if (policy.Validation is not { } validation)
            return;
        var here = at["validation"];
        var hasFiles = validation.CaCertificateRefs.Count > 0;
        var hasWellKnown = validation.WellKnownCACertificates.Length > 0;
        if (hasFiles == hasWellKnown)
            scope.Exclusive(
                here["caCertificateRefs"],
                "must be exactly one of caCertificateRefs and wellKnownCACertificates",
                "keep one of them"
            );
        Hosts.Check(validation.Hostname, here["hostname"], scope);
        for (var i = 0; i < validation.SubjectAltNames.Count; i++)
        {
            var name = validation.SubjectAltNames[i];
            if (name.Type == SubjectAltNameType.Hostname && name.Hostname.Length == 0)
                scope.Missing(here["subjectAltNames"][i]["hostname"]);
            if (name.Type == SubjectAltNameType.Uri && name.Uri.Length == 0)
                scope.Missing(here["subjectAltNames"][i]["uri"]);
        }
    }

    private static void CheckRules(IReadOnlyList<ConnectionRouteRule> rules, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            for (var j = 0; j < rules[i].BackendRefs.Count; j++)
            {
                if (rules[i].BackendRefs[j] is { Group: "", Kind: "Service", Port: null })
                    scope.Missing(at[i]["backendRefs"][j]["port"]);
            }
        }
        Names.CheckUnique(rules.Select(static rule => rule.Name), at, "name", scope);
    }

    private static void CheckMatch(GrpcRouteMatch match, FieldPath at, ValidationScope scope)
    {
        if (match.Method is { } method)
        {
            if (method.Service.Length == 0 && method.Method.Length == 0)
                scope.Missing(at["method"]["service"]);
            if (method.Type == RouteHeaderMatchType.RegularExpression)
            {
                if (method.Service.Length > 0)
                    Patterns.Check(method.Service, at["method"]["service"], scope);
                if (method.Method.Length > 0)
                    Patterns.Check(method.Method, at["method"]["method"], scope);
            }
            else if (method.Service.AsSpan().ContainsAny('/', ' ') || method.Method.AsSpan().ContainsAny('/', ' '))
            {
                scope.Bad(at["method"], "is no method of gRPC", "write package.Service and Method without slashes");
            }
        }
        HttpRouteValidator.CheckConditions(match.Headers, at["headers"], scope);
    }
}
