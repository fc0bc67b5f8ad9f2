// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config;

/// <summary>Kubernetes' ListMeta.</summary>
public sealed record ListMetadata
{
    /// <summary>The store's revision that the list is of; a watch that starts here misses nothing.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>Where the next page begins; empty on the last one.</summary>
    public string Continue { get; init; } = "";

    /// <summary>How many objects are on the pages after this one.</summary>
    public long? RemainingItemCount { get; init; }

    /// <summary>A path of old APIs.</summary>
    public string SelfLink { get; init; } = "";
}
