// SPDX-License-Identifier: Apache-2.0
namespace Lateen.ControlPlane.LocalMesh;

/// <summary>How <c>lateen up</c> runs a mesh.</summary>
public sealed record LocalMeshOptions
{
    /// <summary>Files and directories with Workloads and mesh configuration.</summary>
    public required IReadOnlyList<string> ConfigPaths { get; init; }

    /// <summary>A file with Istio's MeshConfig; null for none.</summary>
    public string? MeshConfigPath { get; init; }

    /// <summary>Logs, saved configuration, generated files: <c>.lateen</c>.</summary>
    public string StateDirectory { get; init; } = ".lateen";

    /// <summary>What the control plane keeps.</summary>
    public string ControlPlaneDirectory => Path.Combine(StateDirectory, "control-plane");

    /// <summary>The <c>lateen</c> program, or its assembly.</summary>
    public required string LateenExecutable { get; init; }

    /// <summary>The <c>lateen-proxy</c> program, or its assembly.</summary>
    public required string ProxyExecutable { get; init; }

    public int XdsPort { get; init; } = 15010;

    public int MonitoringPort { get; init; } = 15014;

    /// <summary>The resource API, in plaintext on 127.0.0.1.</summary>
    public int ApiPort { get; init; } = 8001;
}
