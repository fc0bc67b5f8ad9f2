// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Statuses;
using Lateen.Discovery;

namespace Lateen.ControlPlane.Statuses;

/// <summary>
/// Which proxies have what came of a revision of the configuration, at one moment. Proxies that a change does not concern have it at once:
/// there is nothing that they would have to acknowledge.
/// </summary>
internal sealed class ProgrammedConditions(IReadOnlyList<ProxyConnection> connections)
{
    public const string AllHaveIt = "Programmed";
    public const string Pending = "Pending";
    public const string Refused = "Refused";
    public const string NoProxies = "NoProxies";

    /// <summary>How many of those that refuse are named.</summary>
    private const int MaxNamed = 5;

    // Objects that came in one revision share the answer.
    private readonly Dictionary<long, Condition> _byRevision = [];

    /// <param name="revision">With which the generation came into force.</param>
    public Condition For(long revision) =>
        _byRevision.TryGetValue(revision, out var known) ? known : _byRevision[revision] = Count(revision);

    private Condition Count(long revision)
    {
        if (connections.Count == 0)
            return new Condition(Condition.Programmed, null, NoProxies, "no proxy is connected");
        var have = 0;
        var refusals = new List<string>();
        foreach (var connection in connections)
        {
            if (connection.Progress.Has(revision, out var refusal))
                have++;
            else if (refusal.Length > 0)
                refusals.Add($"{connection.Node!.Id}: {refusal}");
        }
        var counted = $"{have} of {connections.Count} proxies have acknowledged it";
        if (refusals.Count > 0)
            return new Condition(
                Condition.Programmed,
                false,
                Refused,
                $"{counted}; refused by {string.Join("; ", refusals.Take(MaxNamed))}"
            );
        return new Condition(
            Condition.Programmed,
            have == connections.Count,
            have == connections.Count ? AllHaveIt : Pending,
            counted
        );
    }
}
