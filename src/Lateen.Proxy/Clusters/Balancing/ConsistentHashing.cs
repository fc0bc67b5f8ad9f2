// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>What RING_HASH and MAGLEV share.</summary>
internal static class ConsistentHashing
{
    /// <summary>What an endpoint is hashed by: its address with the port, or its host name.</summary>
    public static string KeyOf(EndpointEntry endpoint, bool byHostName) =>
        byHostName && endpoint.Spec.RewriteHost is { Length: > 0 } name ? name : endpoint.State.AddressText;

    public static ulong Hash(string text, long seed = 0) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text), seed);

    /// <summary>Hash of the n-th point of an endpoint, as Envoy: xxHash64 of <c>key_n</c>.</summary>
    public static ulong Point(string key, int n) => Hash(string.Create(CultureInfo.InvariantCulture, $"{key}_{n}"));

    /// <summary>Weights as shares of the whole.</summary>
    public static double[] Shares(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
            total += weight;
        var shares = new double[weights.Length];
        for (var i = 0; i < shares.Length && total > 0; i++)
            shares[i] = weights[i] / total;
        return shares;
    }
}
