// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Apps;

/// <summary>A pod on each node. What the mesh does not read is let through.</summary>
[Kind("apps", "daemonsets", "v1", "v1beta2", ShortNames = ["ds"], IsForAnalysisOnly = true)]
[Open]
public sealed record DaemonSet : IPodOwner
{
    /// <summary>What its pods are like.</summary>
    public PodTemplate Template { get; init; } = new();
}
