// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Statuses;
using Lateen.ControlPlane.Statuses.Sharing;
using Lateen.Discovery;

namespace Lateen.ControlPlane.Statuses;

/// <summary>
/// Which proxies have what came of a revision of the configuration, at one moment. Proxies that a change does not concern have it at once:
/// there is nothing that they would have to acknowledge.
/// </summary>
/// <param name="connections">Our own proxies.</param>
/// <param name="others">What other control planes of the store tell of theirs.</param>
internal sealed class ProgrammedConditions(
    IReadOnlyList<ProxyConnection> connections,
    IReadOnlyList<ProgressReport> others,
    ConfigHistory history
)
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
        var all = connections.Count + others.Sum(static report => report.Proxies);
        if (all == 0)
            return new Condition(Condition.Programmed, null, NoProxies, "no proxy is connected");
        var refusals = new List<string>();
        var have = CountOurs(revision, refusals) + CountOthers(revision, refusals);
        var counted = string.Create(CultureInfo.InvariantCulture, $"{have} of {all} proxies have acknowledged it");
        if (refusals.Count > 0)
            return new Condition(
                Condition.Programmed,
                false,
                Refused,
                $"{counted}; refused by {string.Join("; ", refusals.Take(MaxNamed))}"
            );
        return new Condition(Condition.Programmed, have == all, have == all ? AllHaveIt : Pending, counted);
    }

    private int CountOurs(long revision, List<string> refusals)
    {
        var have = 0;
        foreach (var connection in connections)
        {
            if (connection.Progress.Has(revision, out var refusal))
                have++;
            else if (refusal.Length > 0)
                refusals.Add($"{connection.Node!.Id}: {refusal}");
        }
        return have;
    }

    private int CountOthers(long revision, List<string> refusals)
    {
        if (others.Count == 0)
            return 0;
        var needed = history.NeededFor(revision);
        var have = 0;
        foreach (var group in others.SelectMany(static report => report.Groups))
        {
            if (group.Has(needed, out var isRefused))
                have += group.Proxies;
            else if (isRefused)
                refusals.AddRange(group.Refusals);
        }
        return have;
    }
}
