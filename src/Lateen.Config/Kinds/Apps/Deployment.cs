// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Apps;

/// <summary>Pods that are all alike. What the mesh does not read is let through.</summary>
[Kind("apps", "deployments", "v1", "v1beta2", "v1beta1", ShortNames = ["deploy"], IsForAnalysisOnly = true)]
[Open]
public sealed record Deployment : IPodOwner
{
    /// <summary>What its pods are like.</summary>
    public PodTemplate Template { get; init; } = new();
}
