// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Kinds;

/// <summary>
/// A program that <c>lateen up</c> runs and keeps alive, with a sidecar beside each replica (<c>lateen.io/v1alpha1
/// Workload</c>, ours).
/// </summary>
public sealed record Workload
{
    /// <summary>Program and arguments; empty for a gateway, which is a proxy and nothing else.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Environment beside the inherited one. <c>HOST</c> and the proxy variables are set by <c>lateen up</c>.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Relative to the file that defines the workload.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>The ports the program listens on, by name.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new Dictionary<string, int>();

    /// <summary>Labels that services and gateways select by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>1 by default.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary><c>default</c> by default.</summary>
    public string ServiceAccount { get; init; } = "default";

    /// <summary>The workload is a gateway proxy.</summary>
    public bool IsGateway { get; init; }
}
