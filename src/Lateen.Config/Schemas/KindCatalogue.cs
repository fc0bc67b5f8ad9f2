// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Reflection;

namespace Lateen.Config.Schemas;

/// <summary>Every kind there is: the records of this room that carry a <see cref="KindAttribute"/>.</summary>
public static class KindCatalogue
{
    private static readonly FrozenDictionary<(string Group, string Name), KindSchema> s_byName = typeof(KindCatalogue)
        .Assembly.GetTypes()
        .Where(static type => type.IsDefined(typeof(KindAttribute)))
        .Select(KindSchema.Of)
        .ToFrozenDictionary(static kind => (kind.Group, kind.Name));

    private static readonly FrozenSet<(string Group, string Name)> s_shared = s_byName
        .Keys.GroupBy(static key => key.Name, StringComparer.Ordinal)
        .SelectMany(static namesakes =>
            namesakes
                .OrderBy(static key => IsOurs(key.Group) ? 0 : 1)
                .ThenBy(static key => key.Group, StringComparer.Ordinal)
                .Skip(1)
        )
        .ToFrozenSet();

    private static readonly FrozenSet<string> s_groups = s_byName
        .Values.Where(static kind => !kind.IsForAnalysisOnly)
        .Select(static kind => kind.Group)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What files are read for, by group, then name.</summary>
    public static IReadOnlyList<KindSchema> Read { get; } =
        s_byName
            .Values.OrderBy(static kind => kind.Group, StringComparer.Ordinal)
            .ThenBy(static kind => kind.Name, StringComparer.Ordinal)
            .ToArray();

    /// <summary>What is kept and served: all but those that analysis alone looks at.</summary>
    public static IReadOnlyList<KindSchema> All { get; } = Read.Where(static kind => !kind.IsForAnalysisOnly).ToArray();

    public static KindSchema? Find(string group, string name) => s_byName.GetValueOrDefault((group, name));

    /// <summary>
    /// A kind as <c>kubectl</c> takes it: name, plural, singular or abbreviation, in upper or lower case, with the group behind it where
    /// that is needed; null when there is none.
    /// </summary>
    public static KindSchema? FindByName(string name)
    {
        var dot = name.IndexOf('.');
        var (word, group) = dot < 0 ? (name, null) : (name[..dot], name[(dot + 1)..]);
        return All.Where(kind => (group is null || kind.Group == group) && IsNamed(kind, word))
            .OrderBy(static kind => s_shared.Contains((kind.Group, kind.Name)) ? 1 : 0)
            .FirstOrDefault();
    }

    /// <summary>
    /// The kind's name; with the group behind it, as <c>kubectl</c> writes it, where Istio or Kubernetes' core has another kind of
    /// that name: <c>Gateway</c> is Istio's, <c>Gateway.gateway.networking.k8s.io</c> is not.
    /// </summary>
    public static string DisplayName(string group, string name) =>
        s_shared.Contains((group, name)) ? $"{name}.{group}" : name;

    /// <summary>Whether all kinds of the group are known here, so that another one is a mistake.</summary>
    public static bool Owns(string group) => group.Length > 0 && s_groups.Contains(group);

    private static bool IsNamed(KindSchema kind, string word) =>
        kind.Name.Equals(word, StringComparison.OrdinalIgnoreCase)
        || kind.Plural.Equals(word, StringComparison.OrdinalIgnoreCase)
        || kind.ShortNames.Contains(word, StringComparer.OrdinalIgnoreCase);

    private static bool IsOurs(string group) =>
        group.Length == 0 || group.EndsWith(".istio.io", StringComparison.Ordinal);
}
