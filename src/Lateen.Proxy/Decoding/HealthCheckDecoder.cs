// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Net.Tls;
using Lateen.Proxy.Health.Checks;
using ClusterApi = Envoy.Config.Cluster.V3;
using CoreApi = Envoy.Config.Core.V3;
using SinkApi = Envoy.Extensions.HealthCheck.EventSinks.File.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>A cluster's <c>health_checks</c> → <see cref="HealthCheckSpec"/>.</summary>
internal static class HealthCheckDecoder
{
    public static HealthCheckSpec? Decode(ClusterApi.Cluster cluster, string path, DecodeContext context)
    {
        if (cluster.HealthChecks.Count == 0)
            return null;
        if (cluster.HealthChecks.Count > 1)
            context.Add(path, $"has {cluster.HealthChecks.Count} entries; a cluster is checked in one way, give one");
        return Decode(cluster.HealthChecks[0], cluster, $"{path}[0]", context);
    }

    private static HealthCheckSpec? Decode(
        CoreApi.HealthCheck check,
        ClusterApi.Cluster cluster,
        string path,
        DecodeContext context
    )
    {
        if (ProbeDecoder.Decode(check, path, context) is not { } probe)
            return null;
        TimeSpan? Optional(Duration? duration, string field) =>
            duration is null ? null : Positive(duration, $"{path}.{field}", context);
        return new HealthCheckSpec
        {
            Probe = probe,
            Timeout = Positive(check.Timeout, $"{path}.timeout", context),
            Interval = Positive(check.Interval, $"{path}.interval", context),
            UnhealthyThreshold = Threshold(check.UnhealthyThreshold, $"{path}.unhealthy_threshold", context),
            HealthyThreshold = Threshold(check.HealthyThreshold, $"{path}.healthy_threshold", context),
            InitialJitter = context.Duration(check.InitialJitter, TimeSpan.Zero, $"{path}.initial_jitter"),
            IntervalJitter = context.Duration(check.IntervalJitter, TimeSpan.Zero, $"{path}.interval_jitter"),
            IntervalJitterPercent = check.IntervalJitterPercent,
            NoTrafficInterval = Optional(check.NoTrafficInterval, "no_traffic_interval") ?? TimeSpan.FromSeconds(60),
            NoTrafficHealthyInterval = Optional(check.NoTrafficHealthyInterval, "no_traffic_healthy_interval"),
            UnhealthyInterval = Optional(check.UnhealthyInterval, "unhealthy_interval"),
            UnhealthyEdgeInterval = Optional(check.UnhealthyEdgeInterval, "unhealthy_edge_interval"),
            HealthyEdgeInterval = Optional(check.HealthyEdgeInterval, "healthy_edge_interval"),
            ReusesConnection = check.ReuseConnection ?? true,
            EventLogPaths = EventLogs(check, path, context),
            AlwaysLogsFailures = check.AlwaysLogHealthCheckFailures,
            AlwaysLogsSuccesses = check.AlwaysLogHealthCheckSuccess,
            SocketCriteria = Criteria(check, cluster, path, context),
            ApplicationProtocols = Protocols(check.TlsOptions, $"{path}.tls_options", context),
        };
    }

    private static TimeSpan Positive(Duration? duration, string path, DecodeContext context)
    {
        var value = context.Duration(duration, TimeSpan.Zero, path);
        if (value == TimeSpan.Zero)
            context.Add(path, duration is null ? "is missing" : "is 0; give more");
        return value;
    }

    private static uint Threshold(uint? value, string path, DecodeContext context)
    {
        if (value is null)
            context.Add(path, "is missing");
        return value ?? 1;
    }

    private static List<string> EventLogs(CoreApi.HealthCheck check, string path, DecodeContext context)
    {
        var paths = new List<string>();
        if (check.EventLogPath.Length > 0)
            paths.Add(check.EventLogPath);
        for (var i = 0; i < check.EventLogger.Count; i++)
        {
            var at = $"{path}.event_logger[{i}]";
            var config = check.EventLogger[i].TypedConfig;
            if (config is null || TypedConfigs.TypeOf(config) != SinkApi.HealthCheckEventFileSink.Descriptor.FullName)
                context.Add(at, $"is {check.EventLogger[i].Name}; this proxy knows HealthCheckEventFileSink");
            else if (context.Unpack<SinkApi.HealthCheckEventFileSink>(config, $"{at}.typed_config") is { } sink)
                AddPath(sink.EventLogPath, $"{at}.typed_config.event_log_path");
        }
        return paths;
        void AddPath(string file, string at)
        {
            if (file.Length == 0)
                context.Add(at, "is empty; name a file");
            else if (!paths.Contains(file))
                paths.Add(file);
        }
    }

    private static Dictionary<string, string>? Criteria(
        CoreApi.HealthCheck check,
        ClusterApi.Cluster cluster,
        string path,
        DecodeContext context
    )
    {
        if (check.TransportSocketMatchCriteria is null)
            return null;
        if (cluster.TransportSocketMatches.Count == 0)
            context.Add(
                $"{path}.transport_socket_match_criteria",
                "chooses among transport_socket_matches, of which the cluster has none"
            );
        return EndpointDecoder.Texts(check.TransportSocketMatchCriteria);
    }

    private static byte[] Protocols(CoreApi.HealthCheck.Types.TlsOptions? options, string path, DecodeContext context)
    {
        try
        {
            return options is null ? [] : AlpnList.Encode(options.AlpnProtocols);
        }
        catch (TlsConfigurationException failure)
        {
            context.Add(path, failure.Message);
            return [];
        }
    }
}
