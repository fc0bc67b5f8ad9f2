// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>Settings of RING_HASH and MAGLEV. Defaults are Envoy's.</summary>
public sealed record HashBalancerSpec
{
    /// <summary><c>ring_hash_lb_config.minimum_ring_size</c>: 1024.</summary>
    public ulong MinRingSize { get; init; } = 1024;

    /// <summary><c>ring_hash_lb_config.maximum_ring_size</c>: 8 Mi points.</summary>
    public ulong MaxRingSize { get; init; } = 8 * 1024 * 1024;

    /// <summary><c>maglev_lb_config.table_size</c>, a prime: 65537.</summary>
    public ulong MaglevTableSize { get; init; } = 65537;

    /// <summary><c>consistent_hashing_lb_config.use_hostname_for_hashing</c>.</summary>
    public bool ByHostName { get; init; }
}
