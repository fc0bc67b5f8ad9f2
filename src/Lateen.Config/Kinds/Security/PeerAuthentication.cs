// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Security;

/// <summary>
/// How workloads accept connections of the mesh: with mutual TLS, without, or either. The one with a selector wins over the
/// namespace's, which wins over the one in the root namespace.
/// </summary>
[Kind(
    "security.istio.io",
    "peerauthentications",
    "v1",
    "v1beta1",
    ShortNames = ["pa"],
    IsSpecOptional = true,
    IsNotInForce = true
)]
public sealed record PeerAuthentication
{
    /// <summary>Workloads that it is for; the whole namespace when it is not there, the whole mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>For all ports; as one level above when it is not there, in the end PERMISSIVE.</summary>
    public MutualTls? Mtls { get; init; }

    /// <summary>By the workload's port, 1 to 65535; needs a selector.</summary>
    public IReadOnlyDictionary<string, MutualTls> PortLevelMtls { get; init; } = new Dictionary<string, MutualTls>();
}

/// <summary>What is asked of connections.</summary>
public sealed record MutualTls
{
    /// <summary>UNSET by default: as one level above.</summary>
    public MutualTlsMode Mode { get; init; }
}

/// <summary>What is asked of connections.</summary>
public enum MutualTlsMode : byte
{
    /// <summary>As one level above; in the end PERMISSIVE.</summary>
    Unset,

    /// <summary>Plain text.</summary>
    Disable,

    /// <summary>Plain text or mutual TLS.</summary>
    Permissive,

    /// <summary>Mutual TLS alone.</summary>
    Strict,
}
