// SPDX-License-Identifier: Apache-2.0
using Api = Envoy.Config.Listener.V3;

namespace Lateen.Proxy.Listeners;

/// <summary>
/// What a new version of a listener keeps of the one before, where nothing but filter chains has changed (Envoy's in-place
/// update): chains that are the same go on with their connections, secrets and counters.
/// </summary>
/// <param name="Chains">For each chain the index of the equal one before; -1 for a new one.</param>
/// <param name="KeepsDefault">The default chain is the same.</param>
internal sealed record ChainReuse(ListenerRuntime Before, IReadOnlyList<int> Chains, bool KeepsDefault)
{
    /// <summary>Null when more has changed than filter chains.</summary>
    public static ChainReuse? Of(ListenerRuntime before, Api.Listener old, Api.Listener next)
    {
        if (!WithoutChains(old).Equals(WithoutChains(next)))
            return null;
        var chains = new int[next.FilterChains.Count];
        for (var i = 0; i < chains.Length; i++)
            chains[i] = old.FilterChains.IndexOf(next.FilterChains[i]);
        return new ChainReuse(before, chains, Equals(old.DefaultFilterChain, next.DefaultFilterChain));
    }

    private static Api.Listener WithoutChains(Api.Listener listener)
    {
        var rest = listener.Clone();
        rest.FilterChains.Clear();
        rest.DefaultFilterChain = null;
        return rest;
    }
}
