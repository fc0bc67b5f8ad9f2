// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf.Collections;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Proxy.Decoding;

/// <summary><c>request_mirror_policies</c> of routes, virtual hosts and route tables → <see cref="MirrorPolicySpec"/>s.</summary>
internal static class MirrorDecoder
{
    public static IReadOnlyList<MirrorPolicySpec> Decode(
        RepeatedField<Api.RouteAction.Types.RequestMirrorPolicy> policies,
        string path,
        DecodeContext context
    )
    {
        var mirrors = new List<MirrorPolicySpec>();
        for (var i = 0; i < policies.Count; i++)
        {
            var policy = policies[i];
            if (policy.Cluster.Length == 0 && policy.ClusterHeader.Length == 0)
                context.Add($"{path}[{i}]", "names nobody; give cluster or cluster_header");
            if (policy.Cluster.Length > 0 && policy.ClusterHeader.Length > 0)
                context.Add($"{path}[{i}].cluster_header", "stands beside cluster; give one of them");
            var fraction = context.Millionths(
                policy.RuntimeFraction?.DefaultValue,
                $"{path}[{i}].runtime_fraction.default_value"
            );
            mirrors.Add(
                new MirrorPolicySpec(policy.Cluster, fraction, !policy.DisableShadowHostSuffixAppend)
                {
                    ClusterHeader =
                        policy.ClusterHeader.Length == 0
                            ? null
                            : Encoding.ASCII.GetBytes(policy.ClusterHeader.ToLowerInvariant()),
                }
            );
        }
        return mirrors;
    }
}
