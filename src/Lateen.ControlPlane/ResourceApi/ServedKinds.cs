// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Lateen.Config.Schemas;

namespace Lateen.ControlPlane.ResourceApi;

/// <summary>The kinds that the API has, by what paths call them.</summary>
public static class ServedKinds
{
    private static readonly FrozenDictionary<(string Group, string Plural), KindSchema> s_byPlural =
        KindCatalogue.All.ToFrozenDictionary(static kind => (kind.Group, kind.Plural));

    private static readonly FrozenDictionary<(string Group, string Version), KindSchema[]> s_byVersion = KindCatalogue
        .All.SelectMany(static kind => kind.Versions.Select(version => (kind, version)))
        .GroupBy(static pair => (pair.kind.Group, pair.version))
        .ToFrozenDictionary(
            static group => group.Key,
            static group =>
                group
                    .Select(static pair => pair.kind)
                    .OrderBy(static kind => kind.Plural, StringComparer.Ordinal)
                    .ToArray()
        );

    /// <summary>All API groups but Kubernetes' core, in order.</summary>
    public static IReadOnlyList<string> Groups { get; } =
        KindCatalogue
            .All.Select(static kind => kind.Group)
            .Where(static group => group.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();

    public static IReadOnlyList<KindSchema> All => KindCatalogue.All;

    /// <summary>Versions of a group, the one to prefer first: stable ones, then betas, then alphas, newer ones before older.</summary>
    public static IReadOnlyList<string> VersionsOf(string group) =>
        s_byVersion
            .Keys.Where(key => key.Group == group)
            .Select(static key => key.Version)
            .OrderBy(static version =>
                version.Contains("alpha", StringComparison.Ordinal) ? 2
                : version.Contains("beta", StringComparison.Ordinal) ? 1
                : 0
            )
            .ThenByDescending(static version => version, StringComparer.Ordinal)
            .ToArray();

    /// <summary>Kinds of a version, by plural; none where there is no such version.</summary>
    public static IReadOnlyList<KindSchema> Of(string group, string version) =>
        s_byVersion.GetValueOrDefault((group, version), []);

    public static KindSchema? Find(string group, string version, string plural) =>
        s_byPlural.TryGetValue((group, plural), out var kind) && kind.Versions.Contains(version) ? kind : null;

    /// <summary>Kinds whose document is their data have none, as ConfigMap.</summary>
    public static bool HasStatus(KindSchema kind) => !kind.IsWhole || kind.Content.Find("status") is not null;

    /// <summary>
    /// Words that stand for several kinds on the command line: <c>istio-io</c>, <c>networking-istio-io</c> (Istio), <c>gateway-api</c>,
    /// <c>all</c> (Kubernetes).
    /// </summary>
    public static IReadOnlyList<string> CategoriesOf(KindSchema kind) =>
        kind.Group switch
        {
            "gateway.networking.k8s.io" => ["gateway-api"],
            "" when kind.Name is "Service" or "Pod" => ["all"],
            _ when kind.Group.EndsWith(".istio.io", StringComparison.Ordinal) =>
            [
                "istio-io",
                kind.Group.Replace('.', '-'),
            ],
            _ => [],
        };
}
