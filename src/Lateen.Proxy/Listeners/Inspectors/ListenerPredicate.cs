// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Listeners.Inspectors;

/// <summary>A condition on a connection's destination port (Envoy <c>ListenerFilterChainMatchPredicate</c>).</summary>
public abstract record ListenerPredicate
{
    public abstract bool Matches(int destinationPort);

    /// <summary><c>any_match</c></summary>
    public sealed record Always : ListenerPredicate
    {
        public override bool Matches(int destinationPort) => true;
    }

    /// <summary><c>destination_port_range</c>: the end is not in it.</summary>
    public sealed record Ports(int Start, int End) : ListenerPredicate
    {
        public override bool Matches(int destinationPort) => destinationPort >= Start && destinationPort < End;
    }

    /// <summary><c>not_match</c></summary>
    public sealed record Not(ListenerPredicate Inner) : ListenerPredicate
    {
        public override bool Matches(int destinationPort) => !Inner.Matches(destinationPort);
    }

    /// <summary><c>and_match</c></summary>
    public sealed record All(IReadOnlyList<ListenerPredicate> Rules) : ListenerPredicate
    {
        public override bool Matches(int destinationPort)
        {
            foreach (var rule in Rules)
            {
                if (!rule.Matches(destinationPort))
                    return false;
            }
            return true;
        }
    }

    /// <summary><c>or_match</c></summary>
    public sealed record Either(IReadOnlyList<ListenerPredicate> Rules) : ListenerPredicate
    {
        public override bool Matches(int destinationPort)
        {
            foreach (var rule in Rules)
            {
                if (rule.Matches(destinationPort))
                    return true;
            }
            return false;
        }
    }
}
