// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Changes to what proxies are sent. Nothing checks what it is changed to but the proxy: use other kinds where they can.</summary>
[Kind("networking.istio.io", "envoyfilters", "v1alpha3", IsSpecOptional = true, IsNotInForce = true)]
public sealed record EnvoyFilter
{
    /// <summary>Workloads that it is for; the whole namespace when it is not there, the whole mesh in the root namespace.</summary>
    public WorkloadSelector? WorkloadSelector { get; init; }

    /// <summary>Resources that it is for, instead of a selector; at most 16.</summary>
    public IReadOnlyList<PolicyTarget> TargetRefs { get; init; } = [];

    /// <summary>The changes, in order.</summary>
    public IReadOnlyList<EnvoyPatch> ConfigPatches { get; init; } = [];

    /// <summary>Smaller ones come first; those of the root namespace before all others. 0 by default.</summary>
    public int Priority { get; init; }
}

/// <summary>A change.</summary>
public sealed record EnvoyPatch
{
    /// <summary>What is changed.</summary>
    public EnvoyPatchTarget ApplyTo { get; init; }

    /// <summary>Which of them are changed; all when it is not there.</summary>
    public EnvoyPatchMatch? Match { get; init; }

    /// <summary>How.</summary>
    public EnvoyPatchAction? Patch { get; init; }
}

/// <summary>What is changed.</summary>
public enum EnvoyPatchTarget : byte
{
    /// <summary>Nothing: not a value to use.</summary>
    Invalid,

    /// <summary>A listener.</summary>
    Listener,

    /// <summary>A filter chain of a listener.</summary>
    FilterChain,

    /// <summary>A network filter of a filter chain.</summary>
    NetworkFilter,

    /// <summary>An HTTP filter of a connection manager.</summary>
    HttpFilter,

    /// <summary>A route configuration.</summary>
    RouteConfiguration,

    /// <summary>A virtual host of a route configuration.</summary>
    VirtualHost,

    /// <summary>A route of a virtual host.</summary>
    HttpRoute,

    /// <summary>A cluster.</summary>
    Cluster,

    /// <summary>An extension's configuration by ECDS.</summary>
    ExtensionConfig,

    /// <summary>What the proxy starts with.</summary>
    Bootstrap,

    /// <summary>A listener filter of a listener.</summary>
    ListenerFilter,
}

/// <summary>How something is changed.</summary>
public sealed record EnvoyPatchAction
{
    /// <summary>MERGE, ADD and so on.</summary>
    public EnvoyPatchOperation Operation { get; init; }

    /// <summary>Envoy's own configuration, as JSON or YAML of its protobuf messages.</summary>
    public JsonObject? Value { get; init; }

    /// <summary>Where an added filter stands; for ADD on HTTP_FILTER and NETWORK_FILTER.</summary>
    public EnvoyFilterClass FilterClass { get; init; }
}

/// <summary>How something is changed.</summary>
public enum EnvoyPatchOperation : byte
{
    /// <summary>Not at all: not a value to use.</summary>
    Invalid,

    /// <summary>Fields are merged, lists are appended to.</summary>
    Merge,

    /// <summary>It is added at the end.</summary>
    Add,

    /// <summary>It is removed.</summary>
    Remove,

    /// <summary>It is inserted before what matches; at the beginning when nothing does.</summary>
    InsertBefore,

    /// <summary>It is inserted after what matches; at the end when nothing does.</summary>
    InsertAfter,

    /// <summary>It is inserted at the beginning.</summary>
    InsertFirst,

    /// <summary>It takes the place of what matches, where something does.</summary>
    Replace,

    /// <summary>Fields are merged, lists are replaced.</summary>
    MergeAndReplaceList,
}

/// <summary>Where an added filter stands.</summary>
public enum EnvoyFilterClass : byte
{
    /// <summary>Where the operation says.</summary>
    Unspecified,

    /// <summary>Behind Istio's authentication.</summary>
    Authn,

    /// <summary>Behind Istio's authorization.</summary>
    Authz,

    /// <summary>Before Istio's statistics.</summary>
    Stats,
}
