// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Extensions;

/// <summary>A WebAssembly module in the way of traffic.</summary>
[Kind("extensions.istio.io", "wasmplugins", "v1alpha1", IsNotInForce = true)]
public sealed record WasmPlugin
{
    /// <summary>Workloads that it is for; the whole namespace when it is not there, the whole mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>A resource that it is for, instead of a selector.</summary>
    [Deprecated("use targetRefs")]
    public PolicyTarget? TargetRef { get; init; }

    /// <summary>Resources that it is for, instead of a selector; at most 16.</summary>
    public IReadOnlyList<PolicyTarget> TargetRefs { get; init; } = [];

    /// <summary>Where the module is: <c>oci://</c>, which is the default, <c>http://</c>, <c>https://</c> or <c>file://</c> within the proxy.</summary>
    [Required]
    public string Url { get; init; } = "";

    /// <summary>SHA-256 of the module or image, in hexadecimal.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>When the module is fetched again: IfNotPresent, but Always for the tag <c>latest</c>.</summary>
    public WasmPullPolicy ImagePullPolicy { get; init; }

    /// <summary>Secret with the registry's credentials, in the resource's namespace.</summary>
    public string ImagePullSecret { get; init; } = "";

    /// <summary>Public key of the image's signature; Istio never put it in force.</summary>
    public string VerificationKey { get; init; } = "";

    /// <summary>What the module is given.</summary>
    public JsonObject? PluginConfig { get; init; }

    /// <summary>What the module is called in its virtual machine.</summary>
    public string PluginName { get; init; } = "";

    /// <summary>Where it stands among Istio's own filters: before the router when it is not there.</summary>
    public ExtensionPhase Phase { get; init; }

    /// <summary>Greater ones come first within a phase; 0 by default.</summary>
    public int Priority { get; init; }

    /// <summary>What becomes of traffic when the module fails: FAIL_CLOSE.</summary>
    public WasmFailStrategy FailStrategy { get; init; }

    /// <summary>The module's environment.</summary>
    public WasmVm? VmConfig { get; init; }

    /// <summary>Traffic that passes it: any selector is enough; all traffic when empty.</summary>
    public IReadOnlyList<TrafficSelector> Match { get; init; } = [];

    /// <summary>HTTP by default.</summary>
    public WasmPluginType Type { get; init; }
}

/// <summary>When a module is fetched again.</summary>
public enum WasmPullPolicy : byte
{
    /// <summary>IfNotPresent, but Always for the tag <c>latest</c>.</summary>
    UnspecifiedPolicy,

    /// <summary>Never, once it is there.</summary>
    [Word("IfNotPresent")]
    IfNotPresent,

    /// <summary>Whenever the resource changes.</summary>
    [Word("Always")]
    Always,
}

/// <summary>Where an extension stands among Istio's own filters.</summary>
public enum ExtensionPhase : byte
{
    /// <summary>Before the router.</summary>
    UnspecifiedPhase,

    /// <summary>Before Istio's authentication.</summary>
    Authn,

    /// <summary>Before Istio's authorization, behind its authentication.</summary>
    Authz,

    /// <summary>Before Istio's statistics, behind its authorization.</summary>
    Stats,
}

/// <summary>What becomes of traffic when a module fails.</summary>
public enum WasmFailStrategy : byte
{
    /// <summary>It is refused: 503.</summary>
    FailClose,

    /// <summary>It passes by the module.</summary>
    FailOpen,

    /// <summary>The module is started again; until then it is refused.</summary>
    FailReload,
}

/// <summary>What a module is for.</summary>
public enum WasmPluginType : byte
{
    /// <summary>HTTP.</summary>
    UnspecifiedPluginType,

    /// <summary>Requests.</summary>
    Http,

    /// <summary>Connections.</summary>
    Network,
}

/// <summary>A module's environment.</summary>
public sealed record WasmVm
{
    /// <summary>Variables.</summary>
    public IReadOnlyList<WasmVariable> Env { get; init; } = [];
}

/// <summary>An environment variable.</summary>
public sealed record WasmVariable
{
    /// <summary>Of the variable; unique.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Where its value comes from: INLINE.</summary>
    public WasmValueSource ValueFrom { get; init; }

    /// <summary>For INLINE.</summary>
    public string Value { get; init; } = "";
}

/// <summary>Where a variable's value comes from.</summary>
public enum WasmValueSource : byte
{
    /// <summary>From <c>value</c>.</summary>
    Inline,

    /// <summary>From the proxy's environment.</summary>
    Host,
}

/// <summary>Selects traffic; what is not there holds.</summary>
public sealed record TrafficSelector
{
    /// <summary>CLIENT_AND_SERVER by default.</summary>
    public TrafficMode Mode { get; init; } = TrafficMode.ClientAndServer;

    /// <summary>Ports: of the workload for what comes to it, of the service for what it calls.</summary>
    public IReadOnlyList<PortSelector> Ports { get; init; } = [];
}

/// <summary>Which side of a call it is about.</summary>
public enum TrafficMode : byte
{
    /// <summary>Not a value to use.</summary>
    Undefined,

    /// <summary>The workload that calls, and gateways.</summary>
    Client,

    /// <summary>The workload that is called.</summary>
    Server,

    /// <summary>Both.</summary>
    ClientAndServer,
}
