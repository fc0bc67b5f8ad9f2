// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Statuses;

/// <summary>What there is to say of an object at one generation.</summary>
/// <param name="Conditions">Those that are known; the others stay as they were.</param>
/// <param name="Messages">What analysis found.</param>
/// <param name="Parents">Of a route of the Gateway API: those of our gateways that it names; conditions stand beside each.</param>
/// <param name="Gateway">Of a Gateway of the Gateway API; null leaves its listeners and addresses as they were.</param>
public sealed record Verdict(
    long Generation,
    IReadOnlyList<Condition> Conditions,
    IReadOnlyList<Problem> Messages,
    IReadOnlyList<RouteParent>? Parents = null,
    GatewayListenersStatus? Gateway = null
)
{
    /// <summary>Whether the other one says the same.</summary>
    public bool SaysAsMuchAs(Verdict other) =>
        Generation == other.Generation
        && Conditions.SequenceEqual(other.Conditions)
        && Messages.SequenceEqual(other.Messages)
        && (Gateway is null ? other.Gateway is null : other.Gateway is not null && Gateway.SaysAsMuchAs(other.Gateway))
        && (Parents ?? []).Count == (other.Parents ?? []).Count
        && (Parents ?? [])
            .Zip(other.Parents ?? [])
            .All(static pair =>
                pair.First.Reference == pair.Second.Reference
                && pair.First.Conditions.SequenceEqual(pair.Second.Conditions)
            );
}

/// <summary>A gateway that a route names.</summary>
/// <param name="Reference">As the route names it, in JSON.</param>
public sealed record RouteParent(string Reference, IReadOnlyList<Condition> Conditions);
