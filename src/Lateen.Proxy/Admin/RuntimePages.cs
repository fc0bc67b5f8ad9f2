// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Envoy.Admin.V3;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Net;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.CircuitBreaking;
using Type = System.Type;

namespace Lateen.Proxy.Admin;

/// <summary><c>/clusters</c>, <c>/listeners</c> and <c>/server_info</c>: what serves, in Envoy's shapes.</summary>
internal static class RuntimePages
{
    public static AdminResponse Clusters(ProxyState state, bool json)
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

    public static AdminResponse Listeners(ProxyState state, bool json)
    {
        var listeners = state.Runtime.Listeners.OrderBy(static pair => pair.Key, StringComparer.Ordinal);
        if (!json)
            return AdminResponse.Text(
                string.Concat(listeners.Select(static pair => $"{pair.Key}::{pair.Value.Spec.Address}\n"))
            );
        var message = new Envoy.Admin.V3.Listeners();
        message.ListenerStatuses.AddRange(
            listeners.Select(static pair => new ListenerStatus
            {
                Name = pair.Key,
                LocalAddress = AddressOf(pair.Value.Spec.Address),
            })
        );
        return AdminJson.Write(message);
    }

    public static AdminResponse ServerInfo(ProxyState state)
    {
        var uptime = Duration.FromTimeSpan(state.Uptime);
        return AdminJson.Write(
            new ServerInfo
            {
                Version = state.Version,
                State = (ServerInfo.Types.State)state.State,
                UptimeCurrentEpoch = uptime,
                UptimeAllEpochs = uptime,
                HotRestartVersion = "disabled",
                CommandLineOptions = new CommandLineOptions
                {
                    Concurrency = (uint)state.Telemetry.Workers,
                    ServiceNode = state.NodeId,
                },
                Node = new Node { Id = state.NodeId, UserAgentName = "lateen-proxy" },
            }
        );
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
            text.Append(CultureInfo.InvariantCulture, $"{at}::rq_active::{endpoint.State.ActiveRequests}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}::health_flags::{HealthFlags(endpoint)}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}::weight::{endpoint.Weight}\n");
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

    private static string HealthFlags(EndpointEntry endpoint)
    {
        var flags = "";
        if ((endpoint.State.Failures & EndpointFailures.ActiveCheck) != EndpointFailures.None)
            flags += "/failed_active_hc";
        if ((endpoint.State.Failures & EndpointFailures.Outlier) != EndpointFailures.None)
            flags += "/failed_outlier_check";
        flags += endpoint.Spec.Health switch
        {
            EndpointHealth.Degraded => "/degraded_eds_health",
            EndpointHealth.Unhealthy => "/failed_eds_health",
            _ => "",
        };
        return flags.Length == 0 ? "healthy" : flags;
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
            status.HostStatuses.Add(
                new HostStatus
                {
                    Address = AddressOf(endpoint.State.Address),
                    Weight = endpoint.Weight,
                    Priority = (uint)endpoint.Priority,
                    HealthStatus = new HostHealthStatus
                    {
                        EdsHealthStatus = endpoint.Spec.Health switch
                        {
                            EndpointHealth.Degraded => HealthStatus.Degraded,
                            EndpointHealth.Unhealthy => HealthStatus.Unhealthy,
                            _ => HealthStatus.Healthy,
                        },
                        FailedActiveHealthCheck =
                            (endpoint.State.Failures & EndpointFailures.ActiveCheck) != EndpointFailures.None,
                        FailedOutlierCheck =
                            (endpoint.State.Failures & EndpointFailures.Outlier) != EndpointFailures.None,
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
                }
            );
        return status;
    }

    private static Address AddressOf(in NetAddress address) =>
        address.Family == AddressFamilyKind.Unix
            ? new Address { Pipe = new Pipe { Path = address.Path } }
            : new Address
            {
                SocketAddress = new SocketAddress
                {
                    Address = address.ToIPAddress()?.ToString() ?? "",
                    PortValue = (uint)address.Port,
                },
            };
}
