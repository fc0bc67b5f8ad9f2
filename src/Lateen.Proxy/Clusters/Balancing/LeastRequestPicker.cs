// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// LEAST_REQUEST with equal weights: of a few endpoints drawn at random, two by default, the one with the fewest requests
/// under way. The same one may be drawn twice, as in Envoy.
/// </summary>
internal sealed class LeastRequestPicker(EndpointEntry[] endpoints, int choices) : EndpointPicker
{
    private readonly EndpointState[] _endpoints = Array.ConvertAll(endpoints, static endpoint => endpoint.State);

    public override EndpointState? Pick(in PickContext context)
    {
        var draw = Draws.Mix(context.Random);
        var best = _endpoints[draw % (ulong)_endpoints.Length];
        for (var i = 1; i < choices && _endpoints.Length > 1; i++)
        {
            draw = Draws.Mix(draw);
            var other = _endpoints[draw % (ulong)_endpoints.Length];
            if (other.ActiveRequests < best.ActiveRequests)
                best = other;
        }
        return best;
    }
}
