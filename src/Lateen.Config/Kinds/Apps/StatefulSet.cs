// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Apps;

/// <summary>Pods with a name and storage of their own. What the mesh does not read is let through.</summary>
[Kind("apps", "statefulsets", "v1", "v1beta2", "v1beta1", ShortNames = ["sts"], IsForAnalysisOnly = true)]
[Open]
public sealed record StatefulSet : IPodOwner
{
    /// <summary>What its pods are like.</summary>
    public PodTemplate Template { get; init; } = new();
}
