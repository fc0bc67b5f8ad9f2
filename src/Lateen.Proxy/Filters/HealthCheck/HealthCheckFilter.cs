// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Health;
using Lateen.Proxy.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters.HealthCheck;

/// <summary>
/// Answers health checks of load balancers and other proxies (<c>envoy.filters.http.health_check</c>), for the workload or by
/// what it says; and while the proxy was told to fail, tells those who send it other requests.
/// </summary>
internal sealed class HealthCheckFilter(
    string name,
    HealthCheckFilterSpec spec,
    LocalHealth health,
    byte[] serviceCluster
) : IHttpFilter
{
    private static readonly LocalReply s_ok = new(200, [], "health_check_ok", ResponseFlags.None);
    private static readonly LocalReply s_clustersOk = s_ok with { Details = "health_check_ok_cluster_healthy" };
    private static readonly LocalReply s_failed = new(
        503,
        [],
        "health_check_failed",
        ResponseFlags.FailedLocalHealthCheck
    );
    private static readonly LocalReply s_noCluster = s_failed with { Details = "health_check_failed_no_cluster_found" };
    private static readonly LocalReply s_empty = s_failed with { Details = "health_check_failed_cluster_empty" };
    private static readonly LocalReply s_unhealthy = s_failed with
    {
        Details = "health_check_failed_cluster_unhealthy",
    };

    /// <summary>One for each status a workload answered with.</summary>
    private static readonly LocalReply?[] s_cached = new LocalReply?[1000];

    private readonly AnswerCache? _cache = spec.CacheTime > TimeSpan.Zero ? new AnswerCache(spec.CacheTime) : null;

    public string Name { get; } = name;

    public FilterVerdict OnRequestHead(StreamInfo stream, IFilterControl control)
    {
        if (!IsHealthCheck(stream.Request))
            return FilterVerdict.Continue;
        stream.IsHealthCheck = true;
        if (health.IsFailed)
            return FilterVerdict.Answer(s_failed);
        if (_cache is not null && _cache.TryGet(out var status, out var degraded))
            return Again(stream, status, degraded);
        return spec.PassesThrough ? FilterVerdict.Continue : FilterVerdict.Answer(Judge(control));
    }

    public void OnResponseHead(StreamInfo stream)
    {
        var headers = stream.Response.Headers;
        if (!stream.IsHealthCheck)
        {
            if (health.IsFailed)
                headers.Set("x-envoy-immediate-health-check-fail"u8, "true"u8);
            return;
        }
        // Our own failure is not the workload's answer.
        if (_cache is not null && !health.IsFailed && IsFromWorkload(stream))
            _cache.Set(stream.Response.Status, headers.IndexOf("x-envoy-degraded"u8) >= 0);
        headers.Set("x-envoy-upstream-healthchecked-cluster"u8, serviceCluster);
    }

    /// <summary>A cached answer given again must not make itself last longer.</summary>
    private static bool IsFromWorkload(StreamInfo stream) => stream.ResponseCodeDetails != "health_check_cached";

    private bool IsHealthCheck(RequestHead request)
    {
        foreach (var header in spec.Headers)
        {
            if (!header.IsMet(request))
                return false;
        }
        return true;
    }

    private static FilterVerdict Again(StreamInfo stream, int status, bool degraded)
    {
        if (degraded)
            stream.Response.Headers.Set("x-envoy-degraded"u8, ""u8);
        var flags = status is >= 200 and < 300 ? ResponseFlags.None : ResponseFlags.FailedLocalHealthCheck;
        return FilterVerdict.Answer(s_cached[status] ??= new LocalReply(status, [], "health_check_cached", flags));
    }

    private LocalReply Judge(IFilterControl control)
    {
        for (var i = 0; i < spec.MinHealthyPercentages.Count; i++)
        {
            var (cluster, percentage) = spec.MinHealthyPercentages[i];
            if (control.FindCluster(cluster) is not { } runtime)
                return s_noCluster;
            if (!IsSufficient(runtime, percentage))
                return runtime.Endpoints.Count == 0 ? s_empty : s_unhealthy;
        }
        return spec.MinHealthyPercentages.Count == 0 ? s_ok : s_clustersOk;
    }

    /// <summary>Degraded endpoints serve too.</summary>
    private static bool IsSufficient(ClusterRuntime cluster, double percentage)
    {
        var balancer = cluster.Balancer;
        var total = cluster.Endpoints.Count;
        return total == 0
            ? percentage == 0
            : 100.0 * (balancer.HealthyCount + balancer.DegradedCount) >= total * percentage;
    }
}
