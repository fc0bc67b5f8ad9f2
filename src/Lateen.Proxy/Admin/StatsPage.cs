// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Admin;

/// <summary><c>/stats</c> and <c>/stats/prometheus</c>.</summary>
internal static class StatsPage
{
    public static AdminResponse Stats(ProxyState state, AdminRequest request)
    {
        IEnumerable<Sample> samples = Collect(state);
        if (request.Query.ContainsKey("usedonly"))
            samples = samples.Where(static sample => sample.IsUsed);
        if (request.Query.TryGetValue("filter", out var filter))
        {
            if (!AdminRequest.TryRegex(filter, out var pattern, out var problem))
                return AdminResponse.Text($"filter is no regular expression: {problem}\n", 400);
            samples = samples.Where(sample => pattern.IsMatch(sample.PlainName));
        }
        return request.Query.GetValueOrDefault("format") switch
        {
            null or "" or "text" => AdminResponse.Text(EnvoyStatsText.Write(samples)),
            "json" => AdminResponse.Json(EnvoyStatsText.WriteJson(samples)),
            "prometheus" => Prometheus(samples),
            var other => AdminResponse.Text($"format \"{other}\" is none of text, json, prometheus\n", 400),
        };
    }

    public static AdminResponse Prometheus(ProxyState state) => Prometheus(Collect(state));

    private static AdminResponse Prometheus(IEnumerable<Sample> samples) =>
        AdminResponse.Text(PrometheusText.Write(samples)) with
        {
            ContentType = PrometheusText.ContentType,
        };

    private static List<Sample> Collect(ProxyState state)
    {
        var samples = new List<Sample>();
        state.Telemetry.Stats.Collect(state.Runtime, samples);
        void Add(string name, SampleKind kind, long value) =>
            samples.Add(
                new Sample(name, $"envoy_{name.Replace('.', '_')}", "", kind, value)
                {
                    IsSet = kind == SampleKind.Gauge,
                }
            );
        state.Overload.Collect(samples);
        Add("server.state", SampleKind.Gauge, (long)state.State);
        Add("server.live", SampleKind.Gauge, state.State == ServerState.Live ? 1 : 0);
        Add("server.uptime", SampleKind.Gauge, (long)state.Uptime.TotalSeconds);
        Add("server.concurrency", SampleKind.Gauge, state.Telemetry.Workers);
        Add("server.memory_allocated", SampleKind.Gauge, GC.GetTotalMemory(forceFullCollection: false));
        Add("server.memory_physical_size", SampleKind.Gauge, Environment.WorkingSet);
        Add("listener_manager.workers_started", SampleKind.Gauge, 1);
        Add("control_plane.connected_state", SampleKind.Gauge, state.IsConnected() ? 1 : 0);
        Add("filesystem.write_failed", SampleKind.Counter, state.Telemetry.Logs.Failures);
        void AddOurs(string name, SampleKind kind, long value) =>
            samples.Add(new Sample(name, name.Replace('.', '_'), "", kind, value));
        AddOurs("lateen.access_log_dropped", SampleKind.Counter, state.Telemetry.Logs.Dropped);
        AddOurs("lateen.gc_collections", SampleKind.Counter, GC.CollectionCount(0));
        AddOurs("lateen.gc_allocated_bytes", SampleKind.Counter, GC.GetTotalAllocatedBytes());
        AddOurs("lateen.config_revision", SampleKind.Gauge, state.Runtime.Revision);
        AddOurs(
            "lateen.accepting_paused",
            SampleKind.Counter,
            state.Workers.Sum(static worker => worker.Loop.AcceptingPauses)
        );
        AddOurs(
            "lateen.buffers_rented",
            SampleKind.Gauge,
            state.Workers.Sum(static worker => worker.Loop.BuffersRented)
        );
        AddOurs("lateen.timers_armed", SampleKind.Gauge, state.Workers.Sum(static worker => worker.TimersArmed));
        return samples;
    }
}
