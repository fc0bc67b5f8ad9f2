// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;

namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>What a request brings to the choice of its endpoint.</summary>
/// <param name="Worker">Number of the calling worker.</param>
/// <param name="Random">A fresh draw.</param>
public readonly record struct PickContext(int Worker, ulong Random)
{
    /// <summary>Hash of what the route's hash policies look at; null when the request has none of it, or the route no policy.</summary>
    public ulong? Hash { get; init; }

    /// <summary>The route's <c>metadata_match</c>; null for none.</summary>
    public SubsetKey? Subset { get; init; }

    /// <summary>A bit for each priority that is left out.</summary>
    public UInt128 ExcludedPriorities { get; init; }

    /// <summary>Where the client meant to go, for ORIGINAL_DST clusters.</summary>
    public NetAddress OriginalDestination { get; init; }
}
