// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config;
using Lateen.Config.Kinds.Local;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>Which replicas a configuration wants, and what the mesh is told of them.</summary>
public static class ReplicaPlan
{
    /// <summary>So many addresses 127.0.1.<em>N</em> there are.</summary>
    public const int MaxReplicas = 254;

    /// <summary>Replicas in the order of their workloads. Those that run keep their numbers; others get numbers that nobody had of late.</summary>
    /// <param name="running">What runs now; none at the start.</param>
    /// <exception cref="ConfigurationException">There are more than there are addresses.</exception>
    public static IReadOnlyList<Replica> Of(ConfigSnapshot config, IReadOnlyList<Replica> running)
    {
        var wanted = config
            .Of<Workload>()
            .SelectMany(static workload =>
                Enumerable.Range(1, workload.Spec.Replicas).Select(index => new Replica(0, index, workload))
            )
            .ToList();
        if (wanted.Count > MaxReplicas)
            throw new ConfigurationException([
                $"{wanted.Count} replicas are more than the {MaxReplicas} that one machine has addresses for",
            ]);
        var known = running.ToDictionary(static replica => replica.Id, static replica => replica.Number);
        var used = known.Values.ToHashSet();
        var last = used.DefaultIfEmpty(0).Max();
        return wanted.Select(replica => replica with { Number = NumberOf(replica) }).ToList();

        int NumberOf(Replica replica)
        {
            if (known.TryGetValue(replica.Id, out var number))
                return number;
            // Clients may not have heard yet that whoever had a lower one is gone.
            number = Enumerable.Range(last + 1, MaxReplicas - last).FirstOrDefault(IsFree);
            if (number == 0)
                number = Enumerable.Range(1, MaxReplicas).FirstOrDefault(IsFree);
            if (number == 0)
                throw new ConfigurationException([
                    $"{replica.Name} has to wait: all {MaxReplicas} addresses are those of replicas that run or are being stopped",
                ]);
            used.Add(number);
            return number;
        }

        bool IsFree(int number) => !used.Contains(number);
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
