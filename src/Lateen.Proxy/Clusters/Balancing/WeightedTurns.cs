// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>The smooth round robins of all workers through choices whose weights stay. Workers start apart.</summary>
internal sealed class WeightedTurns
{
    private readonly double[] _weights;
    private readonly SmoothRoundRobin[] _turns;

    /// <param name="seed">Turns that are skipped before the first.</param>
    public WeightedTurns(double[] weights, int workers, uint seed)
    {
        _weights = weights;
        _turns = new SmoothRoundRobin[workers];
        for (var worker = 0; worker < workers; worker++)
        {
            _turns[worker] = new SmoothRoundRobin(weights.Length);
            for (var skip = (seed + (uint)worker) % (uint)Math.Max(1, weights.Length); skip > 0; skip--)
                _turns[worker].Next(weights);
        }
    }

    /// <inheritdoc cref="SmoothRoundRobin.Next"/>
    public int Next(int worker) => _turns[worker].Next(_weights);
}
