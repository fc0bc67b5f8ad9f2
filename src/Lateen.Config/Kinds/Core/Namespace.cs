// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>A room for resources; its labels say whether its workloads are in the mesh.</summary>
[Kind("", "namespaces", "v1", ShortNames = ["ns"], IsWhole = true, IsClusterScoped = true, IsNotInForce = true)]
public sealed record Namespace
{
    /// <summary>Kubernetes' own.</summary>
    public NamespaceSpec? Spec { get; init; }

    /// <summary>Kubernetes' own.</summary>
    public NamespaceStatus? Status { get; init; }
}

/// <summary>Kubernetes' own.</summary>
[Open]
public sealed record NamespaceSpec
{
    /// <summary>Who must be done before it goes.</summary>
    public IReadOnlyList<string> Finalizers { get; init; } = [];
}

/// <summary>Kubernetes' own.</summary>
[Open]
public sealed record NamespaceStatus
{
    /// <summary>Active or Terminating.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Why it does not go.</summary>
    public IReadOnlyList<JsonObject> Conditions { get; init; } = [];
}
