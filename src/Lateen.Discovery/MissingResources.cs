// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Xds;

namespace Lateen.Discovery;

/// <summary>
/// What stands in for a resource that there is not: a proxy that waits for routes or endpoints would wait for ever, so it
/// gets empty ones, as from istiod.
/// </summary>
internal static class MissingResources
{
    /// <summary>Null for types whose absence is told as a removal.</summary>
    public static NamedResource? Stand(string typeUrl, string name) =>
        typeUrl switch
        {
            TypeUrls.Endpoints => new NamedResource(
                name,
                "empty",
                Any.Pack(new ClusterLoadAssignment { ClusterName = name }, "type.googleapis.com")
            ),
            TypeUrls.Route => new NamedResource(
                name,
                "empty",
                Any.Pack(new RouteConfiguration { Name = name }, "type.googleapis.com")
            ),
            _ => null,
        };
}
