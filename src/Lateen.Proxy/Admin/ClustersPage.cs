// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Envoy.Admin.V3;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.CircuitBreaking;
using CoreApi = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Admin;

/// <summary><c>/clusters</c>: clusters in force with their endpoints and what is known of their health, in Envoy's shapes.</summary>
internal static class ClustersPage
{
    /// <summary>Envoy's names of what the proxy found out, in its order.</summary>
    private static readonly (HealthFlags Flag, string Name)[] s_flags =
    [
        (HealthFlags.FailedActiveCheck, "/failed_active_hc"),
        (HealthFlags.FailedOutlierCheck, "/failed_outlier_check"),
        (HealthFlags.DegradedActiveCheck, "/degraded_active_hc"),
        (HealthFlags.PendingRemoval, "/pending_dynamic_removal"),
        (HealthFlags.PendingActiveCheck, "/pending_active_hc"),
        (HealthFlags.ExcludedByImmediateFailure, "/excluded_via_immediate_hc_fail"),
        (HealthFlags.ActiveCheckTimeout, "/active_hc_timeout"),
    ];

    public static AdminResponse Write(ProxyState state, bool json)
    {
        var clusters = state.Runtime.Clusters.Values.OrderBy(
            static cluster => cluster.Spec.Name,
            StringComparer.Ordinal
        );
        if (!json)
        {
            var text = new StringBuilder();
            foreach (var cluster in clusters)
                Write(cluster, text);
            return AdminResponse.Text(text.ToString());
        }
        var message = new Envoy.Admin.V3.Clusters();
        message.ClusterStatuses.AddRange(clusters.Select(Status));
        return AdminJson.Write(message);
    }

    /// <summary>As Envoy writes them: <c>healthy</c>, or every flag behind a slash.</summary>
    internal static string Flags(EndpointEntry endpoint)
    {
        var flags = new StringBuilder();
        foreach (var (flag, name) in s_flags)
        {
            if (endpoint.Has(flag))
                flags.Append(name);
        }
        flags.Append(
            endpoint.Spec.Health switch
            {
                EndpointHealth.Degraded => "/degraded_eds_health",
                EndpointHealth.Unhealthy => "/failed_eds_health",
                EndpointHealth.Draining => "/eds_status_draining",
                _ => "",
            }
        );
        return flags.Length == 0 ? "healthy" : flags.ToString();
    }

    private static void Write(ClusterRuntime cluster, StringBuilder text)
    {
        var name = cluster.Spec.Name;
        text.Append(CultureInfo.InvariantCulture, $"{name}::observability_name::{cluster.Spec.StatName}\n");
        Write(name, "default", cluster.Spec.Breaker, text);
        Write(name, "high", cluster.Spec.HighBreaker, text);
        text.Append(CultureInfo.InvariantCulture, $"{name}::added_via_api::true\n");
        foreach (var endpoint in cluster.Endpoints)
        {
            var at = $"{name}::{endpoint.State.AddressText}";
            var locality = endpoint.Spec.Locality;
            text.Append(CultureInfo.InvariantCulture, $"{at}::rq_active::{endpoint.State.ActiveRequests}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}::hostname::{endpoint.Spec.RewriteHost}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}::health_flags::{Flags(endpoint)}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}::weight::{endpoint.Weight}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}::region::{locality.Region}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}::zone::{locality.Zone}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}::sub_zone::{locality.SubZone}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}::priority::{endpoint.Priority}\n");
        }
    }

    private static void Write(string name, string priority, CircuitBreakerSpec limits, StringBuilder text)
    {
        var at = $"{name}::{priority}_priority";
        text.Append(CultureInfo.InvariantCulture, $"{at}::max_connections::{limits.MaxConnections}\n");
        text.Append(CultureInfo.InvariantCulture, $"{at}::max_pending_requests::{limits.MaxPendingRequests}\n");
        text.Append(CultureInfo.InvariantCulture, $"{at}::max_requests::{limits.MaxRequests}\n");
        text.Append(CultureInfo.InvariantCulture, $"{at}::max_retries::{limits.MaxRetries}\n");
    }

    private static ClusterStatus Status(ClusterRuntime cluster)
    {
        var status = new ClusterStatus
        {
            Name = cluster.Spec.Name,
            AddedViaApi = true,
            ObservabilityName = cluster.Spec.StatName,
            EdsServiceName = cluster.Spec.Kind == ClusterKind.Eds ? cluster.Spec.EndpointsName : "",
        };
        foreach (var endpoint in cluster.Endpoints)
            status.HostStatuses.Add(Status(endpoint));
        return status;
    }

    private static HostStatus Status(EndpointEntry endpoint) =>
        new()
        {
            Address = RuntimePages.AddressOf(endpoint.State.Address),
            Weight = endpoint.Weight,
            Priority = (uint)endpoint.Priority,
            Hostname = endpoint.Spec.RewriteHost ?? "",
            Locality = new CoreApi.Locality
            {
                Region = endpoint.Spec.Locality.Region,
                Zone = endpoint.Spec.Locality.Zone,
                SubZone = endpoint.Spec.Locality.SubZone,
            },
            HealthStatus = new HostHealthStatus
            {
                EdsHealthStatus = endpoint.Spec.Health switch
                {
                    EndpointHealth.Degraded => CoreApi.HealthStatus.Degraded,
                    EndpointHealth.Unhealthy => CoreApi.HealthStatus.Unhealthy,
                    EndpointHealth.Draining => CoreApi.HealthStatus.Draining,
                    _ => CoreApi.HealthStatus.Healthy,
                },
                FailedActiveHealthCheck = endpoint.Has(HealthFlags.FailedActiveCheck),
                FailedOutlierCheck = endpoint.Has(HealthFlags.FailedOutlierCheck),
                FailedActiveDegradedCheck = endpoint.Has(HealthFlags.DegradedActiveCheck),
                PendingDynamicRemoval = endpoint.Has(HealthFlags.PendingRemoval),
                PendingActiveHc = endpoint.Has(HealthFlags.PendingActiveCheck),
                ExcludedViaImmediateHcFail = endpoint.Has(HealthFlags.ExcludedByImmediateFailure),
                ActiveHcTimeout = endpoint.Has(HealthFlags.ActiveCheckTimeout),
            },
            Stats =
            {
                new SimpleMetric
                {
                    Name = "rq_active",
                    Type = SimpleMetric.Types.Type.Gauge,
                    Value = (ulong)endpoint.State.ActiveRequests,
                },
            },
        };
}
