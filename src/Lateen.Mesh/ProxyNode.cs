// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>A proxy as it introduced itself (xDS node; <see cref="ProxyNodeParser"/> reads it).</summary>
public sealed record ProxyNode
{
    /// <summary><c>sidecar~IP~name.namespace~namespace.svc.domain</c>.</summary>
    public required string Id { get; init; }

    public ProxyKind Kind { get; init; }

    /// <summary>The workload's address in the mesh: the first of INSTANCE_IPS, else the one in the id.</summary>
    public required string Address { get; init; }

    /// <summary>Name of the instance, as <c>reviews-v1-1</c>.</summary>
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>WORKLOAD_NAME; the instance's name when the proxy does not say.</summary>
    public required string Workload { get; init; }

    public string ServiceAccount { get; init; } = "default";

    /// <summary>What gateways and services select by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string ClusterId { get; init; } = "";

    /// <summary>ISTIO_VERSION, as <c>1.32.0</c>.</summary>
    public string Version { get; init; } = "";

    public InterceptionMode Interception { get; init; }

    /// <summary>HTTP_PROXY_PORT: the port applications use as HTTP proxy; 0 is none.</summary>
    public int HttpProxyPort { get; init; }

    /// <summary>APP_ADDRESS (ours): where the application itself listens.</summary>
    public string AppAddress { get; init; } = "127.0.0.1";

    /// <summary>BIND_ADDRESS (ours): takes the place of <c>0.0.0.0</c> as the address of listeners.</summary>
    public string BindAddress { get; init; } = "0.0.0.0";

    public Locality Locality { get; init; } = Locality.None;
}

/// <summary>First part of a node id.</summary>
public enum ProxyKind : byte
{
    Sidecar,

    /// <summary><c>router</c>.</summary>
    Gateway,
}

/// <summary>INTERCEPTION_MODE: how connections reach a sidecar.</summary>
public enum InterceptionMode : byte
{
    Redirect,
    Tproxy,

    /// <summary>Nothing is intercepted: every listener has a port of its own.</summary>
    None,
}
