// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config;
using Lateen.Config.Kinds.Local;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>Which replicas a configuration wants, and what the mesh is told of them.</summary>
public static class ReplicaPlan
{
    /// <summary>Replicas in the order of their numbers.</summary>
    public static IReadOnlyList<Replica> Of(ConfigSnapshot config)
    {
        var replicas = new List<Replica>();
        foreach (var workload in config.Of<Workload>())
        {
            for (var index = 1; index <= workload.Spec.Replicas; index++)
                replicas.Add(new Replica(replicas.Count + 1, index, workload));
        }
        return replicas;
    }

    /// <summary>A WorkloadEntry for each program, in YAML, for the control plane to read.</summary>
    public static string WorkloadEntries(IReadOnlyList<Replica> replicas)
    {
        var yaml = new StringBuilder("# Written by lateen up; do not edit.\n");
        foreach (var replica in replicas.Where(static replica => !replica.Workload.IsGateway))
        {
            yaml.Append(
                $$"""
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: {{replica.Name}}, namespace: {{replica.Resource.Namespace}}}
                spec:
                  address: {{replica.MeshAddress}}
                  serviceAccount: {{replica.Workload.ServiceAccount}}
                  labels: {{Flow(replica.Workload.Labels)}}
                  ports: {{Flow(replica.Workload.Ports)}}

                """
            );
        }
        return yaml.ToString();
    }

    private static string Flow<T>(IReadOnlyDictionary<string, T> values) =>
        "{" + string.Join(", ", values.Select(static pair => $"\"{pair.Key}\": {Quote(pair.Value)}")) + "}";

    private static string Quote<T>(T value) => value is string text ? $"\"{text}\"" : $"{value}";
}
