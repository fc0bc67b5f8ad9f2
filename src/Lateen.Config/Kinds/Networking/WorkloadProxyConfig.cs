// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>
/// Settings of workloads' proxies, from their start on. The pod's annotation wins over the one with a selector, which wins over the
/// namespace's, which wins over the mesh's.
/// </summary>
[Kind(
    "networking.istio.io",
    "proxyconfigs",
    "v1beta1",
    Name = "ProxyConfig",
    IsSpecOptional = true,
    IsNotInForce = true
)]
public sealed record WorkloadProxyConfig
{
    /// <summary>Workloads that it is for; the whole namespace when it is not there, the whole mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Worker threads; from the processors that the workload may use when it is not there, all of the machine's for 0.</summary>
    [Range(0)]
    public int? Concurrency { get; init; }

    /// <summary>Environment of the proxy.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables { get; init; } = new Dictionary<string, string>();

    /// <summary>The proxy's image.</summary>
    public ProxyImage? Image { get; init; }
}

/// <summary>The image of a proxy.</summary>
public sealed record ProxyImage
{
    /// <summary>default, debug or distroless; as the mesh has it when empty.</summary>
    public string ImageType { get; init; } = "";
}
