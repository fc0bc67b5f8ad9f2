// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds;

namespace Lateen.Config.Decoding;

/// <summary><see cref="VirtualService"/> with the rules of Istio's validation that concern one resource.</summary>
internal static class VirtualServiceDecoder
{
    public static VirtualService Read(FieldReader fields)
    {
        fields.NotInForce("tls", "exportTo");
        var hosts = fields.Texts("hosts");
        if (hosts.Count == 0)
            fields.Missing("hosts");
        var service = new VirtualService
        {
            Hosts = hosts,
            Gateways = fields.Texts("gateways", [VirtualService.Mesh]),
            Http = fields.List("http", HttpRule),
            Tcp = fields.List("tcp", TcpRule),
        };
        if (service.Http.Count == 0 && service.Tcp.Count == 0 && !fields.Has("tls"))
            fields.Missing("http");
        return service;
    }

    private static HttpRule HttpRule(FieldReader fields)
    {
        fields.NotInForce("fault", "mirror", "mirrors", "mirrorPercentage", "mirror_percent", "corsPolicy", "delegate");
        var rule = new HttpRule
        {
            Name = fields.Text("name"),
            Match = fields.List("match", MatchDecoder.Http),
            Route = fields.List("route", RouteDestination),
            Redirect = fields.Object("redirect", HttpActionDecoder.Redirect),
            DirectResponse = fields.Object("directResponse", HttpActionDecoder.DirectResponse),
            Rewrite = fields.Object("rewrite", HttpActionDecoder.Rewrite),
            Timeout = Off(fields, "timeout") ? null : fields.Duration("timeout"),
            Retries = fields.Object("retries", HttpActionDecoder.Retries),
            Headers = fields.Object("headers", HttpActionDecoder.Headers) ?? HeaderRules.None,
        };
        var actions =
            (rule.Route.Count > 0 ? 1 : 0) + (rule.Redirect is null ? 0 : 1) + (rule.DirectResponse is null ? 0 : 1);
        if (actions != 1 && !fields.Has("delegate"))
            fields.Exclusive("route", "must be exactly one of route, redirect and directResponse", "keep one of them");
        CheckWeights(fields, rule.Route);
        return rule;
    }

    private static TcpRule TcpRule(FieldReader fields)
    {
        var rule = new TcpRule(fields.List("match", MatchDecoder.Tcp), fields.List("route", RouteDestination));
        if (rule.Route.Count == 0)
            fields.Missing("route");
        CheckWeights(fields, rule.Route);
        return rule;
    }

    private static RouteDestination RouteDestination(FieldReader fields)
    {
        if (!fields.Has("destination"))
            fields.Missing("destination");
        return new RouteDestination(
            fields.Object("destination", Destination) ?? new Destination("", "", 0),
            fields.Number("weight", 0, int.MaxValue) ?? 0,
            fields.Object("headers", HttpActionDecoder.Headers) ?? HeaderRules.None
        );
    }

    private static Destination Destination(FieldReader fields) =>
        new(
            fields.RequiredText("host"),
            fields.Text("subset"),
            fields.Object("port", static port => new PortNumber(port.Port("number")))?.Number ?? 0
        );

    /// <summary>Several destinations share the traffic, so somebody must get some.</summary>
    private static void CheckWeights(FieldReader fields, IReadOnlyList<RouteDestination> route)
    {
        if (route.Count > 1 && route.All(static destination => destination.Weight == 0))
            fields.Bad("route", "the weights of all destinations are 0", "give at least one destination a weight");
    }

    /// <summary>Istio takes <c>0s</c> for "no timeout".</summary>
    private static bool Off(FieldReader fields, string field) => fields.Text(field) is "0s" or "0";

    private sealed record PortNumber(int Number);
}
