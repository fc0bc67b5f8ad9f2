// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>Which subsets of its endpoints a cluster has (Envoy <c>LbSubsetConfig</c>).</summary>
/// <param name="Fallback">For requests whose metadata names no subset that exists: <c>NO_FALLBACK</c> by default.</param>
/// <param name="Default"><c>default_subset</c>.</param>
public sealed record SubsetSpec(
    SubsetFallback Fallback,
    SubsetKey Default,
    IReadOnlyList<SubsetSelectorSpec> Selectors
);

/// <summary>Endpoints that have all these keys are grouped by their values.</summary>
/// <param name="Keys">Sorted.</param>
/// <param name="Fallback">Null leaves it to the cluster's.</param>
public sealed record SubsetSelectorSpec(IReadOnlyList<string> Keys, SubsetFallback? Fallback);

/// <summary>What serves a request whose subset does not exist.</summary>
public enum SubsetFallback : byte
{
    NoFallback,
    AnyEndpoint,
    DefaultSubset,
}
