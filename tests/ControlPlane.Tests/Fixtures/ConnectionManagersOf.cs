// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Lateen.Translation;

namespace ControlPlane.Tests.Fixtures;

/// <summary>The connection managers of what a proxy gets.</summary>
internal static class ConnectionManagersOf
{
    public static IEnumerable<HttpConnectionManager> Listeners(XdsSnapshot xds) =>
        from set in xds.Sets
        from resource in set.Resources
        where resource.Body.Is(Listener.Descriptor)
        let listener = resource.Body.Unpack<Listener>()
        from chain in listener.FilterChains
        from filter in chain.Filters
        where filter.TypedConfig.Is(HttpConnectionManager.Descriptor)
        select filter.TypedConfig.Unpack<HttpConnectionManager>();
}
