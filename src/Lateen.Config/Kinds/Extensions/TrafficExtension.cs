// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Extensions;

/// <summary>A WebAssembly module or a Lua script in the way of traffic.</summary>
[Kind("extensions.istio.io", "trafficextensions", "v1alpha1", IsNotInForce = true)]
public sealed record TrafficExtension
{
    /// <summary>Workloads that it is for; the whole namespace when it is not there, the whole mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Resources that it is for, instead of a selector; at most 16.</summary>
    public IReadOnlyList<PolicyTarget> TargetRefs { get; init; } = [];

    /// <summary>Where it stands among Istio's own filters: before the router when it is not there.</summary>
    public ExecutionPhase Phase { get; init; }

    /// <summary>Greater ones come first within a phase; 0 by default.</summary>
    public int Priority { get; init; }

    /// <summary>Traffic that passes it: any selector is enough; all traffic when empty.</summary>
    public IReadOnlyList<TrafficSelector> Match { get; init; } = [];

    /// <summary>A WebAssembly module.</summary>
    [OneOf("filter_config", IsRequired = true)]
    public WasmExtension? Wasm { get; init; }

    /// <summary>A Lua script.</summary>
    [OneOf("filter_config", IsRequired = true)]
    public LuaExtension? Lua { get; init; }
}

/// <summary>Where an extension stands among Istio's own filters.</summary>
public enum ExecutionPhase : byte
{
    /// <summary>Before the router.</summary>
    [Word("UNSPECIFIED"), Word("EXECUTION_PHASE_UNSPECIFIED")]
    Unspecified,

    /// <summary>Before Istio's authentication.</summary>
    [Word("AUTHN"), Word("EXECUTION_PHASE_AUTHN")]
    Authn,

    /// <summary>Before Istio's authorization, behind its authentication.</summary>
    [Word("AUTHZ"), Word("EXECUTION_PHASE_AUTHZ")]
    Authz,

    /// <summary>Before Istio's statistics, behind its authorization.</summary>
    [Word("STATS"), Word("EXECUTION_PHASE_STATS")]
    Stats,
}

/// <summary>A WebAssembly module.</summary>
public sealed record WasmExtension
{
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

    /// <summary>What becomes of traffic when the module fails: FAIL_CLOSE.</summary>
    public WasmFailStrategy FailStrategy { get; init; }

    /// <summary>The module's environment.</summary>
    public WasmVm? VmConfig { get; init; }

    /// <summary>HTTP by default.</summary>
    public WasmPluginType Type { get; init; }
}

/// <summary>A Lua script.</summary>
public sealed record LuaExtension
{
    /// <summary>The script, with <c>envoy_on_request</c> or <c>envoy_on_response</c>.</summary>
    [Required]
    public string InlineCode { get; init; } = "";
}
