// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Config.Kinds.Networking;
using Lateen.Mesh;
using Api = Envoy.Config.Endpoint.V3;

namespace Lateen.Translation.Endpoints;

/// <summary>Endpoints of a service's port → load assignment, grouped by locality.</summary>
internal static class LoadAssignments
{
    private const string UnixScheme = "unix://";

    /// <summary>Localities and, in them, addresses are sorted: the order in which workloads came changes nothing.</summary>
    public static Api.ClusterLoadAssignment Translate(
        string name,
        MeshPort port,
        IEnumerable<WorkloadEndpoint> endpoints,
        MeshConfig mesh
    )
    {
        var assignment = new Api.ClusterLoadAssignment { ClusterName = name };
        var byLocality = endpoints
            // What is down is not sent: a proxy would only have to skip it (Istio sends it for outlier detection alone).
            .Where(static endpoint => endpoint.Health != EndpointHealth.Unhealthy)
            .Select(endpoint => (Endpoint: endpoint, Port: MeshService.TargetPort(port, endpoint)))
            .Where(static entry => entry.Port > 0)
            .GroupBy(static entry => entry.Endpoint.Locality)
            .OrderBy(static group => group.Key.ToString(), StringComparer.Ordinal);
        foreach (var group in byLocality)
        {
            var locality = new Api.LocalityLbEndpoints { Locality = Wire(group.Key) };
            var sum = 0u;
            foreach (
                var (endpoint, target) in group
                    .OrderBy(static entry => entry.Endpoint.Address, StringComparer.Ordinal)
                    .ThenBy(static entry => entry.Port)
            )
            {
                locality.LbEndpoints.Add(Wire(endpoint, target, mesh));
                sum += Weight(endpoint);
            }
            locality.LoadBalancingWeight = sum;
            assignment.Endpoints.Add(locality);
        }
        return assignment;
    }

    public static Api.ClusterLoadAssignment Single(string name, string address, int port) =>
        new()
        {
            ClusterName = name,
            Endpoints =
            {
                new Api.LocalityLbEndpoints
                {
                    LbEndpoints = { new Api.LbEndpoint { Endpoint = new() { Address = Address(address, port) } } },
                },
            },
        };

    /// <param name="address">An IP address or a name, or <c>unix://</c> and a path, which has no port.</param>
    public static Address Address(string address, int port) =>
        address.StartsWith(UnixScheme, StringComparison.Ordinal)
            ? new() { Pipe = new() { Path = address[UnixScheme.Length..] } }
            : new()
            {
                SocketAddress = new() { Address = address, PortValue = (uint)port },
            };

    private static Api.LbEndpoint Wire(WorkloadEndpoint endpoint, int port, MeshConfig mesh) =>
        new()
        {
            Endpoint = new() { Address = Address(endpoint.Address, port) },
            HealthStatus = endpoint.Health == EndpointHealth.Draining ? HealthStatus.Draining : HealthStatus.Healthy,
            Metadata = new() { FilterMetadata = { ["istio"] = Workload(endpoint, mesh) } },
            LoadBalancingWeight = Weight(endpoint),
        };

    /// <summary>Name, namespace, canonical name and revision, cluster: what metrics of the calling side tell of this one.</summary>
    private static Struct Workload(WorkloadEndpoint endpoint, MeshConfig mesh)
    {
        var name = Label("service.istio.io/canonical-name") ?? Label("app") ?? endpoint.Name;
        var revision = Label("service.istio.io/canonical-revision") ?? Label("version") ?? "latest";
        return Packing.Texts(("workload", $"{endpoint.Name};{endpoint.Namespace};{name};{revision};{mesh.ClusterId}"));

        string? Label(string key) => endpoint.Labels.TryGetValue(key, out var value) ? value : null;
    }

    /// <summary>A weight of 0 counts as 1: an endpoint gets something or is not there (Envoy admits no 0).</summary>
    private static uint Weight(WorkloadEndpoint endpoint) => (uint)Math.Max(endpoint.Weight, 1);

    private static Envoy.Config.Core.V3.Locality Wire(Mesh.Locality locality) =>
        new()
        {
            Region = locality.Region,
            Zone = locality.Zone,
            SubZone = locality.SubZone,
        };
}
