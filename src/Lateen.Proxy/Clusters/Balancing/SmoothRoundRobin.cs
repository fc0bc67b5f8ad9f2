// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// One worker's turn through weighted choices: each earns its weight a turn and the richest pays for all. Weights 5, 1, 1
/// give a a b a c a a: shares are exact and nobody is served in bursts. Weights may change from turn to turn.
/// </summary>
internal sealed class SmoothRoundRobin(int choices)
{
    private readonly double[] _credits = new double[choices];

    /// <summary>Scratch for weights that are worked out for each turn.</summary>
    public double[] Weights { get; } = new double[choices];

    /// <summary>Index of the choice whose turn it is; -1 when no weight is above zero.</summary>
    public int Next(ReadOnlySpan<double> weights)
    {
        var richest = -1;
        var total = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] <= 0)
                continue;
            total += weights[i];
            _credits[i] += weights[i];
            if (richest < 0 || _credits[i] > _credits[richest])
                richest = i;
        }
        if (richest >= 0)
            _credits[richest] -= total;
        return richest;
    }
}
