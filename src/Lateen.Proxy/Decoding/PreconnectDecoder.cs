// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Api = Envoy.Config.Cluster.V3;

namespace Lateen.Proxy.Decoding;

/// <summary><c>preconnect_policy</c> → <see cref="PreconnectSpec"/>.</summary>
internal static class PreconnectDecoder
{
    public static PreconnectSpec Decode(
        Api.Cluster.Types.PreconnectPolicy? policy,
        string path,
        DecodeContext context
    ) =>
        policy is null
            ? PreconnectSpec.None
            : new PreconnectSpec(
                Ratio(policy.PerUpstreamPreconnectRatio, $"{path}.per_upstream_preconnect_ratio", context),
                Ratio(policy.PredictivePreconnectRatio, $"{path}.predictive_preconnect_ratio", context)
            );

    private static float Ratio(double? ratio, string path, DecodeContext context)
    {
        if (ratio is null or >= 1 and <= 3)
            return (float)(ratio ?? 1);
        context.Add(path, $"is {ratio}; give 1 to 3");
        return 1;
    }
}
