// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Apps;

/// <summary>Something of Kubernetes' that makes pods.</summary>
public interface IPodOwner
{
    /// <summary>What its pods are like.</summary>
    PodTemplate Template { get; }
}

/// <summary>What pods are like that something else makes.</summary>
[Open]
public sealed record PodTemplate
{
    /// <summary>What the pods are selected by, and what tools note on them.</summary>
    public TemplateMetadata Metadata { get; init; } = new();

    /// <summary>What runs.</summary>
    public PodSpec? Spec { get; init; }
}

/// <summary>Metadata of pods that are yet to be made.</summary>
[Open]
public sealed record TemplateMetadata
{
    /// <summary>What others select the pods by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What tools note.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
