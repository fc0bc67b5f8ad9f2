// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config;

/// <summary>All configuration in force at one moment, and what is wrong with what was offered.</summary>
public sealed class ConfigSnapshot
{
    private readonly Dictionary<Type, List<ConfigResource>> _byKind = [];

    public ConfigSnapshot(long revision, IEnumerable<ConfigResource> resources, IReadOnlyList<Problem> problems)
    {
        Revision = revision;
        Problems = problems;
        // Oldest first, then by name: the order that decides conflicts (Istio sorts so too).
        Resources = resources
            .OrderBy(static resource => resource.Metadata.CreationTimestamp ?? DateTimeOffset.MinValue)
            .ThenBy(static resource => resource.Name, StringComparer.Ordinal)
            .ThenBy(static resource => resource.Namespace, StringComparer.Ordinal)
            .ToList();
        foreach (var resource in Resources)
        {
            var list = _byKind.TryGetValue(resource.GetType(), out var known)
                ? known
                : _byKind[resource.GetType()] = [];
            list.Add(resource);
        }
    }

    public static ConfigSnapshot Empty { get; } = new(0, [], []);

    /// <summary>Grows with every change.</summary>
    public long Revision { get; }

    public IReadOnlyList<ConfigResource> Resources { get; }

    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Resources with one kind of specification, oldest first.</summary>
    public IEnumerable<ConfigResource<TSpec>> Of<TSpec>()
        where TSpec : class =>
        _byKind.TryGetValue(typeof(ConfigResource<TSpec>), out var list) ? list.Cast<ConfigResource<TSpec>>() : [];
}
