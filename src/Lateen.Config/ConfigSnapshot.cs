// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Lateen.Core;

namespace Lateen.Config;

/// <summary>
/// All configuration in force at one moment, and what is wrong with what was offered. Immutable; a snapshot shares with the one before whatever did
/// not change, so that a change costs what it touches, not what there is.
/// </summary>
public sealed class ConfigSnapshot
{
    private static readonly ImmutableSortedSet<ConfigResource> s_none = ImmutableSortedSet.Create<ConfigResource>(
        ResourceOrder.Instance
    );

    private readonly ImmutableSortedSet<ConfigResource> _all;
    private readonly ImmutableDictionary<Type, ImmutableSortedSet<ConfigResource>> _byKind;
    private readonly Lazy<IReadOnlyList<Problem>> _problems;

    public ConfigSnapshot(long revision, IEnumerable<ConfigResource> resources, IReadOnlyList<Problem> problems)
    {
        Revision = revision;
        _problems = new Lazy<IReadOnlyList<Problem>>(problems);
        _all = s_none.Union(resources);
        _byKind = _all.GroupBy(static resource => resource.GetType())
            .ToImmutableDictionary(static kind => kind.Key, static kind => s_none.Union(kind));
    }

    private ConfigSnapshot(
        long revision,
        ImmutableSortedSet<ConfigResource> all,
        ImmutableDictionary<Type, ImmutableSortedSet<ConfigResource>> byKind,
        Lazy<IReadOnlyList<Problem>> problems
    )
    {
        Revision = revision;
        _all = all;
        _byKind = byKind;
        _problems = problems;
    }

    public static ConfigSnapshot Empty { get; } = new(0, [], []);

    /// <summary>Grows with every change.</summary>
    public long Revision { get; }

    /// <summary>Oldest first, then by name, whatever their kinds.</summary>
    public IReadOnlyList<ConfigResource> Resources => _all;

    public IReadOnlyList<Problem> Problems => _problems.Value;

    /// <summary>Resources with one kind of specification, oldest first.</summary>
    public IEnumerable<ConfigResource<TSpec>> Of<TSpec>()
        where TSpec : class =>
        _byKind.TryGetValue(typeof(ConfigResource<TSpec>), out var set) ? set.Cast<ConfigResource<TSpec>>() : [];

    /// <summary>The snapshot after some changes: O(log n) for each.</summary>
    /// <param name="problems">Asked once, and only when somebody wants to know: by any thread.</param>
    internal ConfigSnapshot With(
        long revision,
        IEnumerable<ResourceChange> changes,
        Func<IReadOnlyList<Problem>> problems
    )
    {
        var all = _all.ToBuilder();
        var byKind = new Dictionary<Type, ImmutableSortedSet<ConfigResource>.Builder>();
        foreach (var (before, after) in changes)
        {
            if (before is not null)
            {
                all.Remove(before);
                Kind(before).Remove(before);
            }
            if (after is not null)
            {
                all.Add(after);
                Kind(after).Add(after);
            }
        }
        return new ConfigSnapshot(
            revision,
            all.ToImmutable(),
            _byKind.SetItems(byKind.Select(static kind => KeyValuePair.Create(kind.Key, kind.Value.ToImmutable()))),
            new Lazy<IReadOnlyList<Problem>>(problems)
        );

        ImmutableSortedSet<ConfigResource>.Builder Kind(ConfigResource resource)
        {
            if (!byKind.TryGetValue(resource.GetType(), out var kind))
                byKind[resource.GetType()] = kind = _byKind.GetValueOrDefault(resource.GetType(), s_none).ToBuilder();
            return kind;
        }
    }
}

/// <summary>A resource as it was in force and as it is.</summary>
/// <param name="Before">Null for one that is new.</param>
/// <param name="After">Null for one that is gone.</param>
internal readonly record struct ResourceChange(ConfigResource? Before, ConfigResource? After);
