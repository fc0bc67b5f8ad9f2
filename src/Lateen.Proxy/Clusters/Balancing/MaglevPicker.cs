// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// MAGLEV (Eisenbud et al., NSDI 2016, §3.4, with Envoy's weights): endpoints take turns in choosing slots of a table of prime
/// size, each by its own permutation, until it is full. One look-up a request.
/// </summary>
internal sealed class MaglevPicker : EndpointPicker
{
    private readonly EndpointState?[] _table;

    public MaglevPicker(EndpointEntry[] endpoints, double[] weights, HashBalancerSpec spec)
    {
        _table = new EndpointState?[spec.MaglevTableSize];
        var shares = ConsistentHashing.Shares(weights);
        var largest = shares.Max();
        var choosers = new List<Chooser>();
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (shares[i] > 0)
                choosers.Add(new Chooser(endpoints[i], shares[i], spec));
        }
        for (var (round, filled) = (1, 0); filled < _table.Length && choosers.Count > 0; round++)
        {
            foreach (var chooser in choosers)
            {
                // The heaviest chooses in every round, the others in their share of rounds.
                if (filled == _table.Length || !chooser.HasTurn(round, largest))
                    continue;
                _table[chooser.NextFree(_table)] = chooser.Endpoint;
                filled++;
            }
        }
    }

    public override EndpointState? Pick(in PickContext context) =>
        _table[(context.Hash ?? context.Random) % (ulong)_table.Length];

    private sealed class Chooser(EndpointEntry endpoint, double share, HashBalancerSpec spec)
    {
        private readonly ulong _skip =
            (ConsistentHashing.Hash(ConsistentHashing.KeyOf(endpoint, spec.ByHostName), 1) % (spec.MaglevTableSize - 1))
            + 1;
        private ulong _at =
            ConsistentHashing.Hash(ConsistentHashing.KeyOf(endpoint, spec.ByHostName)) % spec.MaglevTableSize;
        private double _target;

        public EndpointState Endpoint { get; } = endpoint.State;

        public bool HasTurn(int round, double largest)
        {
            if (round * share < _target)
                return false;
            _target += largest;
            return true;
        }

        public int NextFree(EndpointState?[] table)
        {
            while (table[_at] is not null)
                _at = (_at + _skip) % (ulong)table.Length;
            return (int)_at;
        }
    }
}
