// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>Containers that run together: a workload in Kubernetes. What the mesh does not read is let through.</summary>
[Kind("", "pods", "v1", ShortNames = ["po"], IsWhole = true, IsNotInForce = true)]
public sealed record Pod
{
    /// <summary>What runs.</summary>
    public PodSpec? Spec { get; init; }

    /// <summary>What became of it.</summary>
    public PodStatus? Status { get; init; }
}

/// <summary>What runs.</summary>
[Open]
public sealed record PodSpec
{
    /// <summary>Run side by side.</summary>
    [Required]
    public IReadOnlyList<Container> Containers { get; init; } = [];

    /// <summary>Run before, one after the other; those that are restarted always run on beside the containers.</summary>
    public IReadOnlyList<Container> InitContainers { get; init; } = [];

    /// <summary>Who the workload is; <c>default</c> when empty.</summary>
    public string ServiceAccountName { get; init; } = "";

    /// <summary>Who the workload is.</summary>
    [Deprecated("use serviceAccountName")]
    public string ServiceAccount { get; init; } = "";

    /// <summary>Whether it gets a token of its service account.</summary>
    public bool? AutomountServiceAccountToken { get; init; }

    /// <summary>The node that it runs on.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>Labels of nodes that it may run on.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it uses the node's network.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>Its host name; the pod's name when empty.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>A headless service that its DNS name is below.</summary>
    public string Subdomain { get; init; } = "";

    /// <summary>Always, OnFailure or Never.</summary>
    public string RestartPolicy { get; init; } = "";

    /// <summary>ClusterFirst, ClusterFirstWithHostNet, Default or None.</summary>
    public string DnsPolicy { get; init; } = "";

    /// <summary>Seconds from being asked to end until being ended: 30.</summary>
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>Conditions that must hold for it to be ready, beside its containers.</summary>
    public IReadOnlyList<PodReadinessGate> ReadinessGates { get; init; } = [];

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public JsonObject? SecurityContext { get; init; }

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public IReadOnlyList<JsonObject> Volumes { get; init; } = [];
}

/// <summary>A condition that must hold.</summary>
public sealed record PodReadinessGate
{
    /// <summary>Type of the condition.</summary>
    [Required]
    public string ConditionType { get; init; } = "";
}

/// <summary>What became of a pod.</summary>
[Open]
public sealed record PodStatus
{
    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Its address.</summary>
    [Word("podIP")]
    public string PodIP { get; init; } = "";

    /// <summary>Its addresses, one for each family.</summary>
    [Word("podIPs")]
    public IReadOnlyList<PodAddress> PodIPs { get; init; } = [];

    /// <summary>The node's address.</summary>
    [Word("hostIP")]
    public string HostIP { get; init; } = "";

    /// <summary>What holds of it: Ready and so on.</summary>
    public IReadOnlyList<StatusCondition> Conditions { get; init; } = [];

    /// <summary>When it was taken on.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Why it is as it is, in a word.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Why it is as it is, for people.</summary>
    public string Message { get; init; } = "";
}

/// <summary>An address of a pod.</summary>
public sealed record PodAddress
{
    /// <summary>The address.</summary>
    [Required]
    public string Ip { get; init; } = "";
}

/// <summary>Something that holds of an object, or does not.</summary>
[Open]
public sealed record StatusCondition
{
    /// <summary>What it is about: Ready.</summary>
    [Required]
    public string Type { get; init; } = "";

    /// <summary>True, False or Unknown.</summary>
    [Required]
    public string Status { get; init; } = "";

    /// <summary>Why, in a word.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Why, for people.</summary>
    public string Message { get; init; } = "";

    /// <summary>Since when.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }
}
