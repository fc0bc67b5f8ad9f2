// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds;

namespace Lateen.Config.Decoding;

internal static class DestinationRuleDecoder
{
    public static DestinationRule Read(FieldReader fields)
    {
        fields.NotInForce("exportTo", "workloadSelector");
        var rule = new DestinationRule
        {
            Host = fields.RequiredText("host"),
            TrafficPolicy = fields.Object("trafficPolicy", Policy) ?? TrafficPolicy.None,
            Subsets = fields.List("subsets", Subset),
        };
        foreach (
            var twice in rule.Subsets.GroupBy(static subset => subset.Name).Where(static group => group.Count() > 1)
        )
            fields.Bad("subsets", $"the subset \"{twice.Key}\" is defined twice", "give each subset its own name");
        return rule;
    }

    private static Subset Subset(FieldReader fields) =>
        new(
            fields.RequiredText("name"),
            fields.Map("labels"),
            fields.Object("trafficPolicy", Policy) ?? TrafficPolicy.None
        );

    private static TrafficPolicy Policy(FieldReader fields)
    {
        var ports = fields.List("portLevelSettings", PortPolicy);
        return Settings(fields) with
        {
            Ports = ports
                .DistinctBy(static port => port.Number)
                .ToDictionary(static port => port.Number, static port => port.Policy),
        };
    }

    private static NumberedPolicy PortPolicy(FieldReader fields)
    {
        var port = fields.Object("port", static port => new NumberedPolicy(port.Port("number"), TrafficPolicy.None));
        if (port is null)
            fields.Missing("port");
        return new NumberedPolicy(port?.Number ?? 0, Settings(fields));
    }

    private static TrafficPolicy Settings(FieldReader fields)
    {
        fields.NotInForce("outlierDetection", "tls", "tunnel", "proxyProtocol", "retryBudget");
        var pool = fields.Object("connectionPool", ConnectionPool) ?? TrafficPolicy.None;
        return pool with { LoadBalancer = fields.Object("loadBalancer", LoadBalancer)?.Kind };
    }

    private static Balancing LoadBalancer(FieldReader fields)
    {
        fields.NotInForce("consistentHash", "localityLbSetting", "zoneAwareLbSetting", "warmup", "warmupDurationSecs");
        return new Balancing(
            fields.Choice<LoadBalancing?>(
                "simple",
                null,
                ("LEAST_REQUEST", LoadBalancing.LeastRequest),
                ("LEAST_CONN", LoadBalancing.LeastRequest),
                ("ROUND_ROBIN", LoadBalancing.RoundRobin),
                ("RANDOM", LoadBalancing.Random),
                ("UNSPECIFIED", null)
            )
        );
    }

    private static TrafficPolicy ConnectionPool(FieldReader fields)
    {
        var tcp = fields.Object("tcp", Tcp) ?? TrafficPolicy.None;
        return (fields.Object("http", Http) ?? TrafficPolicy.None).Over(tcp);
    }

    private static TrafficPolicy Tcp(FieldReader fields)
    {
        fields.NotInForce("tcpKeepalive", "maxConnectionDuration", "idleTimeout");
        return new TrafficPolicy
        {
            MaxConnections = fields.Number("maxConnections", 1, int.MaxValue),
            ConnectTimeout = fields.Duration("connectTimeout"),
        };
    }

    private static TrafficPolicy Http(FieldReader fields)
    {
        fields.NotInForce("h2UpgradePolicy", "useClientProtocol", "maxConcurrentStreams", "http2KeepAlive");
        return new TrafficPolicy
        {
            MaxPendingRequests = fields.Number("http1MaxPendingRequests", 0, int.MaxValue),
            MaxRequests = fields.Number("http2MaxRequests", 0, int.MaxValue),
            MaxRetries = fields.Number("maxRetries", 0, int.MaxValue),
            MaxRequestsPerConnection = fields.Number("maxRequestsPerConnection", 0, int.MaxValue),
            IdleTimeout = fields.Duration("idleTimeout"),
        };
    }

    private sealed record Balancing(LoadBalancing? Kind);

    private sealed record NumberedPolicy(int Number, TrafficPolicy Policy);
}
