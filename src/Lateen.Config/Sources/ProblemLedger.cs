// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>
/// Problems by what they were found in: texts, then references of resources. Keeps those that were not there before, for whoever tells them. A change
/// costs what it touches; the whole list is made only when it is asked for.
/// </summary>
internal sealed class ProblemLedger
{
    private ImmutableSortedDictionary<string, IReadOnlyList<Problem>> _ofTexts = ImmutableSortedDictionary<
        string,
        IReadOnlyList<Problem>
    >.Empty.WithComparers(TextOrder.Instance);

    private ImmutableSortedDictionary<ConfigResource, IReadOnlyList<Problem>> _ofResources = ImmutableSortedDictionary<
        ConfigResource,
        IReadOnlyList<Problem>
    >.Empty.WithComparers(ResourceOrder.Instance);

    private List<Problem> _fresh = [];

    /// <summary>What is wrong with a text now.</summary>
    public void Put(string text, IReadOnlyList<Problem> problems)
    {
        Tell(_ofTexts.GetValueOrDefault(text, []), problems);
        _ofTexts = problems.Count == 0 ? _ofTexts.Remove(text) : _ofTexts.SetItem(text, problems);
    }

    /// <summary>What is wrong between a resource and others now.</summary>
    /// <param name="before">The resource that the problems before were of; null when there was none.</param>
    /// <param name="now">Null when it is gone.</param>
    public void Put(
        ConfigResource? before,
        IReadOnlyList<Problem> known,
        ConfigResource? now,
        IReadOnlyList<Problem> problems
    )
    {
        Tell(known, problems);
        if (before is not null && known.Count > 0)
            _ofResources = _ofResources.Remove(before);
        if (now is not null && problems.Count > 0)
            _ofResources = _ofResources.SetItem(now, problems);
    }

    /// <summary>Problems that came since the last call.</summary>
    public IReadOnlyList<Problem> TakeFresh()
    {
        var fresh = _fresh;
        _fresh = [];
        return fresh;
    }

    /// <summary>All as they are now, for any thread, at any time later.</summary>
    public Func<IReadOnlyList<Problem>> Now()
    {
        var (ofTexts, ofResources) = (_ofTexts, _ofResources);
        return () =>
            [
                .. ofTexts.Values.SelectMany(static problems => problems),
                .. ofResources.Values.SelectMany(static problems => problems),
            ];
    }

    private void Tell(IReadOnlyList<Problem> known, IReadOnlyList<Problem> problems)
    {
        if (problems.Count > 0)
            _fresh.AddRange(known.Count == 0 ? problems : problems.Except(known));
    }
}
