// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Admin;

/// <summary>What an admin address serves: everything, or what one of Istio's other ports is for.</summary>
public enum AdminRole : byte
{
    /// <summary>15000: Envoy's admin.</summary>
    Admin,

    /// <summary>15090: <c>/stats/prometheus</c> alone.</summary>
    Prometheus,

    /// <summary>15021: <c>/healthz/ready</c> alone.</summary>
    Readiness,

    /// <summary>15020: pilot-agent's endpoints.</summary>
    Agent,
}

/// <summary>The endpoints of the admin interface (Envoy's paths and answers).</summary>
public sealed class AdminHandlers(ProxyState state)
{
    private const string Help = """
        admin commands are:
          /clusters: upstream cluster status (?format=json)
          /config_dump: configuration in force (?resource=, ?mask=, ?name_regex=, ?include_eds)
          /contention: mutex contention, of which there is none
          /drain_listeners (POST): stop accepting, let connections end (?inboundonly, ?graceful, ?skip_exit)
          /healthcheck/fail (POST): answer 503 to readiness probes
          /healthcheck/ok (POST): take that back
          /help: this text
          /hot_restart_version: hot restart compatibility version
          /listeners: addresses (?format=json)
          /logging (POST): levels of the log (?level=, ?SCOPE=, ?paths=SCOPE:LEVEL,...)
          /memory: memory in use
          /quitquitquit (POST): end the process
          /ready: 200 LIVE when traffic may come
          /reopen_logs (POST): open access logs anew
          /runtime: runtime values
          /runtime_modify (POST): set them (?KEY=VALUE&...; an empty value takes one back)
          /server_info: version, state, uptime
          /stats: numbers (?usedonly, ?filter=, ?format=json|prometheus)
          /stats/prometheus: numbers for Prometheus

        """;

    public AdminResponse Handle(AdminRole role, AdminRequest request) =>
        role switch
        {
            AdminRole.Admin => HandleAdmin(request),
            AdminRole.Prometheus when request.Path == "/stats/prometheus" => StatsPage.Prometheus(state),
            AdminRole.Readiness when request.Path == "/healthz/ready" => Ready(),
            AdminRole.Agent => HandleAgent(request),
            _ => NotFound(request),
        };

    private AdminResponse HandleAdmin(AdminRequest request)
    {
        var isJson = request.Query.GetValueOrDefault("format") == "json";
        return request.Path switch
        {
            "/" or "/help" => AdminResponse.Text(Help),
            "/ready" => AdminResponse.Text($"{StateText()}\n", state.IsLive ? 200 : 503),
            "/server_info" => RuntimePages.ServerInfo(state),
            "/clusters" => ClustersPage.Write(state, isJson),
            "/listeners" => RuntimePages.Listeners(state, isJson),
            "/config_dump" => ConfigDumpPage.Write(state, request),
            "/stats" => StatsPage.Stats(state, request),
            "/stats/prometheus" => StatsPage.Prometheus(state),
            "/memory" => Memory(),
            "/logging" => LoggingPage.Write(state.LogLevels, request),
            "/runtime" => RuntimeValuesPage.Write(state.Overload.Runtime),
            "/runtime_modify" => RuntimeValuesPage.Modify(state.Overload.Runtime, request),
            // What tools ask of every Envoy, answered as one that does not use it.
            "/hot_restart_version" => AdminResponse.Text("disabled\n"),
            "/contention" => AdminResponse.Text("Mutex contention tracing is not enabled.\n"),
            "/drain_listeners" => DrainListeners(request),
            "/quitquitquit" => Change(request, state.OnQuit),
            "/healthcheck/fail" => Change(request, () => state.SetFailed(true)),
            "/healthcheck/ok" => Change(request, () => state.SetFailed(false)),
            "/reopen_logs" => Change(request, state.Telemetry.Logs.Reopen),
            _ => NotFound(request),
        };
    }

    private AdminResponse HandleAgent(AdminRequest request) =>
        request.Path switch
        {
            "/healthz/ready" => Ready(),
            "/stats/prometheus" or "/metrics" => StatsPage.Prometheus(state),
            "/drain" => Change(request, () => state.Drain(new DrainRequest(DrainScope.All, IsGraceful: true))),
            "/quitquitquit" => Change(request, state.OnQuit),
            _ => NotFound(request),
        };

    private AdminResponse DrainListeners(AdminRequest request)
    {
        var drain = new DrainRequest(
            request.Query.ContainsKey("inboundonly") ? DrainScope.Inbound : DrainScope.All,
            request.Query.ContainsKey("graceful"),
            request.Query.ContainsKey("skip_exit")
        );
        return drain is { SkipsExit: true, IsGraceful: false }
            ? AdminResponse.Text("skip_exit requires graceful\n", 400)
            : Change(request, () => state.Drain(drain));
    }

    private AdminResponse Ready() =>
        state.IsReady ? AdminResponse.Text("") : AdminResponse.Text($"{StateText()}\n", 503);

    private string StateText() =>
        state.State switch
        {
            ServerState.Live => state.IsLive ? "LIVE" : "FAILED",
            ServerState.Draining => "DRAINING",
            ServerState.PreInitializing => "PRE_INITIALIZING",
            _ => "INITIALIZING",
        };

    private static AdminResponse Change(AdminRequest request, Action change)
    {
        if (!request.IsPost)
            return AdminResponse.PostRequired(request);
        change();
        return AdminResponse.Text("OK\n");
    }

    private static AdminResponse Memory() =>
        AdminResponse.Json(
            $$"""{"allocated":"{{GC.GetTotalMemory(false)}}","heap_size":"{{GC.GetGCMemoryInfo().HeapSizeBytes}}","total_physical_bytes":"{{Environment.WorkingSet}}"}"""
        );

    private static AdminResponse NotFound(AdminRequest request) =>
        AdminResponse.Text($"invalid path {request.Path}. {Help}", 404);
}
