// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.GatewayApi;

namespace Lateen.ControlPlane.Statuses.GatewayApi;

/// <summary>ReferenceGrants: what of another namespace may be referred to.</summary>
internal static class Grants
{
    /// <param name="kind">Who refers, of the Gateway API's kinds.</param>
    /// <param name="target">Kind of what is referred to, of Kubernetes' core.</param>
    public static bool Allow(ConfigSnapshot config, string kind, string from, string target, string to, string name) =>
        config
            .Of<ReferenceGrant>()
            .Any(grant =>
                grant.Namespace == to
                && grant.Spec.From.Any(one =>
                    one.Group == GatewayWords.Group && one.Kind == kind && one.Namespace == from
                )
                && grant.Spec.To.Any(one =>
                    one.Group == "" && one.Kind == target && (one.Name == "" || one.Name == name)
                )
            );
}
