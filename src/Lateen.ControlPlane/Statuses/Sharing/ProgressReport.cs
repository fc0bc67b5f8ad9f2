// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.Discovery;

namespace Lateen.ControlPlane.Statuses.Sharing;

/// <summary>
/// How far the proxies of a control plane are, for another one that counts: a group for each state that any of them is in, usually
/// one. Nothing is said of single objects, so that it is as short for 20,000 of them as for one.
/// </summary>
internal sealed record ProgressReport(IReadOnlyList<ProxyGroup> Groups)
{
    /// <summary>States that are told apart; the proxies of all others count as having nothing yet.</summary>
    private const int MaxGroups = 32;

    private const int MaxOpen = 16;
    private const int MaxRefusals = 5;
    private const int MaxRefusal = 512;

    public int Proxies => Groups.Sum(static group => group.Proxies);

    public static ProgressReport Of(IReadOnlyList<ProxyConnection> connections, ConfigHistory history)
    {
        var groups = connections
            .GroupBy(static connection => State(connection.Progress), StringComparer.Ordinal)
            .OrderByDescending(static group => group.Count())
            .ToList();
        var told = groups.Take(MaxGroups).Select(group => Group([.. group], history)).ToList();
        var others = groups.Skip(MaxGroups).Sum(static group => group.Count());
        if (others > 0)
            told.Add(new ProxyGroup(others, StoreHorizon.None, [], []));
        return new ProgressReport(told);
    }

    /// <summary>The same for proxies that are equally far, whatever their words for a refusal.</summary>
    private static string State(ProxyProgress progress) =>
        $"{progress.Pushed};{string.Join(';', progress.Open.Select(static open => $"{open.First}-{open.Last}-{open.Error.Length > 0}").Distinct().Order(StringComparer.Ordinal))}";

    private static ProxyGroup Group(List<ProxyConnection> connections, ConfigHistory history)
    {
        var progress = connections[0].Progress;
        var open = progress
            .Open.Select(open => new OpenSpan(
                history.TakenBy(open.First - 1),
                history.TakenBy(open.Last),
                open.Error.Length > 0
            ))
            .ToList();
        var refusals =
            from connection in connections
            from shortfall in connection.Progress.Open
            where shortfall.Error.Length > 0
            select Short($"{connection.Node!.Id}: {shortfall.Error}");
        return open.Count > MaxOpen
            ? new ProxyGroup(connections.Count, StoreHorizon.None, [], [])
            : new ProxyGroup(
                connections.Count,
                history.TakenBy(progress.Pushed),
                open,
                refusals.Distinct(StringComparer.Ordinal).Take(MaxRefusals).ToList()
            );
    }

    private static string Short(string text) => text.Length <= MaxRefusal ? text : text[..MaxRefusal];
}
