// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Statuses;

/// <summary>What the status of a Gateway of the Gateway API has beside its conditions.</summary>
/// <param name="Addresses">Where it is reached: <c>IPAddress</c> or <c>Hostname</c>, and which.</param>
public sealed record GatewayListenersStatus(
    IReadOnlyList<ListenerStatus> Listeners,
    IReadOnlyList<(string Type, string Value)> Addresses
)
{
    /// <summary>Whether the other one says the same.</summary>
    public bool SaysAsMuchAs(GatewayListenersStatus other) =>
        Addresses.SequenceEqual(other.Addresses)
        && Listeners.Count == other.Listeners.Count
        && Listeners.Zip(other.Listeners).All(static pair => pair.First.SaysAsMuchAs(pair.Second));
}

/// <summary>How a listener fares.</summary>
/// <param name="SupportedKinds">Kinds of the Gateway API's group that it takes.</param>
/// <param name="AttachedRoutes">How many routes it has.</param>
public sealed record ListenerStatus(
    string Name,
    IReadOnlyList<string> SupportedKinds,
    int AttachedRoutes,
    IReadOnlyList<Condition> Conditions
)
{
    /// <summary>Whether the other one says the same.</summary>
    public bool SaysAsMuchAs(ListenerStatus other) =>
        Name == other.Name
        && AttachedRoutes == other.AttachedRoutes
        && SupportedKinds.SequenceEqual(other.SupportedKinds)
        && Conditions.SequenceEqual(other.Conditions);
}
