// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>RANDOM, by weight.</summary>
internal sealed class RandomPicker : EndpointPicker
{
    private readonly EndpointState[] _endpoints;
    private readonly ulong[] _upTo;

    public RandomPicker(EndpointEntry[] endpoints)
    {
        _endpoints = Array.ConvertAll(endpoints, static endpoint => endpoint.State);
        _upTo = new ulong[endpoints.Length];
        var total = 0UL;
        for (var i = 0; i < endpoints.Length; i++)
            _upTo[i] = total += endpoints[i].Weight;
    }

    public override EndpointState? Pick(in PickContext context)
    {
        if (_upTo[^1] == 0)
            return null;
        var at = Draws.Mix(context.Random) % _upTo[^1];
        // The first endpoint whose weights, summed up to it, exceed the draw.
        var index = Array.BinarySearch(_upTo, at + 1);
        return _endpoints[index < 0 ? ~index : FirstOf(index)];
    }

    /// <summary>Endpoints of weight 0 repeat the sum before them and are never it.</summary>
    private int FirstOf(int index)
    {
        while (index > 0 && _upTo[index - 1] == _upTo[index])
            index--;
        return index;
    }
}
