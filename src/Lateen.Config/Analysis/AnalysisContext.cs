// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Precedence;
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>What analyzers look at, and where they put what they find. Indexes are made once for all of them.</summary>
public sealed class AnalysisContext
{
    private const string SuppressAnnotation = "galley.istio.io/analyze-suppress";

    private static readonly string[] s_systems =
    [
        "kube-system",
        "kube-public",
        "kube-node-lease",
        "local-path-storage",
    ];

    private readonly List<Problem> _found = [];

    internal AnalysisContext(ConfigSnapshot config, string rootNamespace, ExportDefaults exports)
    {
        Config = config;
        RootNamespace = rootNamespace;
        Exports = exports;
        Hosts = new HostIndex(config, exports);
        Workloads = new WorkloadIndex(config);
    }

    public ConfigSnapshot Config { get; }

    /// <summary>Whose policies are for everybody: <c>istio-system</c>.</summary>
    public string RootNamespace { get; }

    /// <summary>Who sees what does not say it.</summary>
    internal ExportDefaults Exports { get; }

    /// <summary>Namespaces of Kubernetes' own and of the mesh: what is in them is no user's.</summary>
    internal bool IsOfTheSystem(string ns) => ns == RootNamespace || s_systems.Contains(ns);

    /// <summary>The Secret that a gateway's proxies find by the name: those of their own namespace, as far as proxies are known.</summary>
    internal ConfigResource<Secret>? SecretOf(ConfigResource<Gateway> gateway, string name)
    {
        var homes = Workloads
            .Select(null, gateway.Spec.Selector)
            .Select(static proxy => proxy.Resource.Namespace)
            .ToHashSet(StringComparer.Ordinal);
        return Config
            .Of<Secret>()
            .FirstOrDefault(secret => secret.Name == name && (homes.Count == 0 || homes.Contains(secret.Namespace)));
    }

    internal HostIndex Hosts { get; }

    internal WorkloadIndex Workloads { get; }

    internal IReadOnlyList<Problem> Found => _found;

    /// <summary>Tells of what Istio has no message for.</summary>
    internal void Tell(Problem problem) => _found.Add(problem);

    /// <summary>Tells of a resource, by one of Istio's messages.</summary>
    /// <param name="field">Path in the resource; empty for all of it.</param>
    internal void Tell(ConfigResource resource, IstioMessage message, string field, string what, string fix)
    {
        if (!IsSuppressed(resource, message.Code))
            _found.Add(
                new Problem(message.Code, message.Level, resource.At, resource.Key.ToString(), field, what, fix)
            );
    }

    /// <summary>A resource's annotation names codes that its owner knows of, or all by *.</summary>
    private static bool IsSuppressed(ConfigResource resource, string code) =>
        resource.Metadata.Annotations.TryGetValue(SuppressAnnotation, out var codes)
        && codes
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Any(known => known == "*" || known == code);
}
