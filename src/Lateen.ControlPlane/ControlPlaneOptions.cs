// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi;
using Lateen.Discovery;
using Lateen.Mesh;

namespace Lateen.ControlPlane;

/// <summary>How a control plane runs. A port of 0 takes a free one.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>YAML files, or one of them.</summary>
    public required IReadOnlyList<string> ConfigPaths { get; init; }

    /// <summary>Directory where it keeps what is in force, for a start while something has errors. Null for nowhere.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Where the resource API keeps what is written through it; the mesh takes it in beside the files. Null for files alone.</summary>
    public IResourceStore? Store { get; init; }

    /// <summary>Whether it writes back into the store how its objects fare.</summary>
    public bool WritesStatus { get; init; } = true;

    /// <summary>Needs a store. By default there is none.</summary>
    public ResourceApiOptions Api { get; init; } = new();

    /// <summary>Loopback by default: the debug endpoints ask nobody who he is.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>xDS, plaintext: 15010.</summary>
    public int XdsPort { get; init; } = 15010;

    /// <summary>Metrics, version, debug: 15014.</summary>
    public int MonitoringPort { get; init; } = 15014;

    /// <summary>Debug and readiness: 8080. Null opens none.</summary>
    public int? DebugPort { get; init; } = 8080;

    /// <summary>
    /// Settings of the mesh where the configuration has none: no <see cref="MeshConfigPath"/>, no ConfigMap <c>istio</c>. Its root namespace is where
    /// control planes keep what they share, for as long as this one runs.
    /// </summary>
    public MeshConfig Mesh { get; init; } = MeshConfig.Default;

    /// <summary>A file with Istio's MeshConfig, watched; it comes before the ConfigMap <c>istio</c>. Null for none.</summary>
    public string? MeshConfigPath { get; init; }

    /// <summary>How long no change must come before one is pushed.</summary>
    public TimeSpan DebounceQuiet { get; init; } = Debouncer.DefaultQuiet;

    /// <summary>How long a change waits at the most.</summary>
    public TimeSpan DebounceMax { get; init; } = Debouncer.DefaultMax;
}
