// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>Weights of endpoints as pickers want them.</summary>
internal static class EndpointWeights
{
    public static bool AreEqual(IReadOnlyList<EndpointEntry> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Weight != endpoints[0].Weight)
                return false;
        }
        return true;
    }

    public static double[] Of(EndpointEntry[] endpoints) =>
        Array.ConvertAll(endpoints, static endpoint => (double)endpoint.Weight);
}
