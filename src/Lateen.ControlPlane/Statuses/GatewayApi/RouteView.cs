// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.GatewayApi;

namespace Lateen.ControlPlane.Statuses.GatewayApi;

/// <summary>What the routes of all kinds have in common.</summary>
internal sealed record RouteView(ConfigKey Key, IReadOnlyList<ParentReference> Parents, IReadOnlyList<string> Hostnames)
{
    public static IEnumerable<RouteView> AllOf(ConfigSnapshot config) =>
        config
            .Of<HttpRoute>()
            .Select(static route => new RouteView(route.Key, route.Spec.ParentRefs, route.Spec.Hostnames))
            .Concat(
                config
                    .Of<GrpcRoute>()
                    .Select(static route => new RouteView(route.Key, route.Spec.ParentRefs, route.Spec.Hostnames))
            )
            .Concat(
                config
                    .Of<TlsRoute>()
                    .Select(static route => new RouteView(route.Key, route.Spec.ParentRefs, route.Spec.Hostnames))
            )
            .Concat(config.Of<TcpRoute>().Select(static route => new RouteView(route.Key, route.Spec.ParentRefs, [])))
            .Concat(config.Of<UdpRoute>().Select(static route => new RouteView(route.Key, route.Spec.ParentRefs, [])));
}
