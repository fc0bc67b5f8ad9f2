// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Local;

/// <summary>A program that <c>lateen up</c> runs and keeps alive, with a sidecar beside each replica; ours.</summary>
[Kind("lateen.io", "workloads", "v1alpha1")]
public sealed record Workload
{
    /// <summary>Program and arguments; empty for a gateway, which is a proxy and nothing else.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Environment beside the inherited one. <c>HOST</c> and the proxy variables are set by <c>lateen up</c>.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Relative to the file that defines the workload.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>The ports the program listens on, by name.</summary>
    [Range(1, 65535)]
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new Dictionary<string, int>();

    /// <summary>Labels that services and gateways select by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>How many run.</summary>
    [Range(0, 200)]
    public int Replicas { get; init; } = 1;

    /// <summary>Who the workload is.</summary>
    public string ServiceAccount { get; init; } = "default";

    /// <summary>The workload is a gateway proxy.</summary>
    [Word("gateway")]
    public bool IsGateway { get; init; }
}
