// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Precedence;

namespace Lateen.Mesh;

/// <summary>Settings of the whole mesh (Istio's <c>MeshConfig</c>, with its defaults).</summary>
public sealed record MeshConfig
{
    public static MeshConfig Default { get; } = new();

    /// <summary>First part of every SPIFFE identity: <c>cluster.local</c>.</summary>
    public string TrustDomain { get; init; } = "cluster.local";

    /// <summary>Whose DestinationRules apply to everybody: <c>istio-system</c>.</summary>
    public string RootNamespace { get; init; } = "istio-system";

    /// <summary>Who sees services, VirtualServices and DestinationRules that do not say it: everybody.</summary>
    public ExportDefaults Exports { get; init; } = ExportDefaults.Public;

    /// <summary>What proxies and metrics call this mesh's one cluster: <c>lateen</c>.</summary>
    public string ClusterId { get; init; } = "lateen";

    /// <summary>What becomes of traffic to hosts that the mesh does not know: ALLOW_ANY.</summary>
    public OutboundTrafficPolicy OutboundTrafficPolicy { get; init; }

    /// <summary>Time to connect to a workload: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What is done to paths before they are compared (<c>pathNormalization</c>): BASE.</summary>
    public PathNormalizationType PathNormalization { get; init; }

    /// <summary>Timeouts and limits of connections to proxies (<c>defaultConfig.connectionSettings</c>): none of its own.</summary>
    public ConnectionSettings Connections { get; init; } = new();

    /// <summary>File that proxies write their access log to, <c>/dev/stdout</c> for their output; empty, the default, is none.</summary>
    public string AccessLogFile { get; init; } = "";

    /// <summary>Substitution format of the access log; empty is Istio's default text.</summary>
    public string AccessLogFormat { get; init; } = "";
}

/// <summary>Istio's <c>outboundTrafficPolicy.mode</c>.</summary>
public enum OutboundTrafficPolicy : byte
{
    /// <summary>It passes through, to where the connection was going.</summary>
    AllowAny,

    /// <summary>It is refused: 502 for HTTP, a closed connection otherwise.</summary>
    RegistryOnly,
}
