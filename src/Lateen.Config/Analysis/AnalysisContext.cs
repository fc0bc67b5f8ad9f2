// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Precedence;
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>What analyzers look at, and where they put what they find. Indexes are made once for all of them.</summary>
public sealed class AnalysisContext
{
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

    internal HostIndex Hosts { get; }

    internal WorkloadIndex Workloads { get; }

    internal IReadOnlyList<Problem> Found => _found;

    /// <summary>Tells of what Istio has no message for.</summary>
    internal void Tell(Problem problem) => _found.Add(problem);

    /// <summary>Tells of a resource, by one of Istio's messages.</summary>
    /// <param name="field">Path in the resource; empty for all of it.</param>
    internal void Tell(ConfigResource resource, IstioMessage message, string field, string what, string fix) =>
        _found.Add(new Problem(message.Code, message.Level, resource.At, resource.Key.ToString(), field, what, fix));
}
