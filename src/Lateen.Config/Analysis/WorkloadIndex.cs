// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Local;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis;

/// <summary>Workloads of all sorts, by namespace and labels.</summary>
internal sealed class WorkloadIndex
{
    private readonly ILookup<string, KnownWorkload> _byNamespace;

    public WorkloadIndex(ConfigSnapshot config)
    {
        var pods = KnownPod.Of(config).Select(static pod => new KnownWorkload(pod.Resource, pod.Labels) { Pod = pod });
        var entries = config
            .Of<WorkloadEntry>()
            .Select(static entry => new KnownWorkload(entry, Merge(entry.Metadata.Labels, entry.Spec.Labels)));
        var local = config.Of<Workload>().Select(static workload => new KnownWorkload(workload, workload.Spec.Labels));
        _byNamespace = pods.Concat(entries).Concat(local).ToLookup(static workload => workload.Resource.Namespace);
        IsEmpty = _byNamespace.Count == 0;
    }

    /// <summary>Nothing is known of workloads, so that nothing can be said of who selects them.</summary>
    public bool IsEmpty { get; }

    /// <param name="ns">Null for all namespaces.</param>
    public IEnumerable<KnownWorkload> Select(string? ns, IReadOnlyDictionary<string, string> labels) =>
        (ns is null ? _byNamespace.SelectMany(static group => group) : _byNamespace[ns]).Where(workload =>
            labels.All(label => workload.Labels.TryGetValue(label.Key, out var value) && value == label.Value)
        );

    private static Dictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> below,
        IReadOnlyDictionary<string, string> above
    )
    {
        var merged = new Dictionary<string, string>(below, StringComparer.Ordinal);
        foreach (var (key, value) in above)
            merged[key] = value;
        return merged;
    }
}

/// <summary>A workload and what it is selected by.</summary>
internal sealed record KnownWorkload(ConfigResource Resource, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Null for what is no pod.</summary>
    public KnownPod? Pod { get; init; }
}
