// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>A machine of a cluster: its labels say the region and zone of what runs there.</summary>
[Kind("", "nodes", "v1", ShortNames = ["no"], IsWhole = true, IsClusterScoped = true, IsNotInForce = true)]
public sealed record Node
{
    /// <summary>What it is.</summary>
    public NodeSpec? Spec { get; init; }

    /// <summary>What became of it.</summary>
    public NodeStatus? Status { get; init; }
}

/// <summary>What a node is.</summary>
[Open]
public sealed record NodeSpec
{
    /// <summary>Addresses of its pods.</summary>
    [Word("podCIDR")]
    public string PodCidr { get; init; } = "";

    /// <summary>Addresses of its pods, one range for each family.</summary>
    [Word("podCIDRs")]
    public IReadOnlyList<string> PodCidrs { get; init; } = [];

    /// <summary>What its provider calls it.</summary>
    [Word("providerID")]
    public string ProviderId { get; init; } = "";

    /// <summary>Whether it gets new pods.</summary>
    public bool Unschedulable { get; init; }

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public IReadOnlyList<JsonObject> Taints { get; init; } = [];
}

/// <summary>What became of a node.</summary>
[Open]
public sealed record NodeStatus
{
    /// <summary>Its addresses.</summary>
    public IReadOnlyList<NodeAddress> Addresses { get; init; } = [];

    /// <summary>What holds of it: Ready and so on.</summary>
    public IReadOnlyList<StatusCondition> Conditions { get; init; } = [];

    /// <summary>What it has, by resource.</summary>
    public IReadOnlyDictionary<string, Quantity> Capacity { get; init; } = new Dictionary<string, Quantity>();

    /// <summary>What its pods may use, by resource.</summary>
    public IReadOnlyDictionary<string, Quantity> Allocatable { get; init; } = new Dictionary<string, Quantity>();

    /// <summary>What it runs; the kubelet's version decides on native sidecars.</summary>
    public JsonObject? NodeInfo { get; init; }
}

/// <summary>An address of a node.</summary>
public sealed record NodeAddress
{
    /// <summary>InternalIP, ExternalIP, Hostname, InternalDNS or ExternalDNS.</summary>
    [Required]
    public string Type { get; init; } = "";

    /// <summary>The address.</summary>
    [Required]
    public string Address { get; init; } = "";
}
