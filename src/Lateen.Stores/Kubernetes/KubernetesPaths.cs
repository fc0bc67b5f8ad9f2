// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Stores.Kubernetes;

/// <summary>Paths of the API server for keys and scopes.</summary>
internal sealed class KubernetesPaths(IEnumerable<KindSchema> kinds)
{
    private readonly Dictionary<(string Group, string Plural), KindSchema> _kinds = kinds
        .Where(static kind => !IsLease(kind.Group, kind.Plural))
        .ToDictionary(static kind => (kind.Group, kind.Plural));

    /// <summary>Nodes and others have leases too, thousands that change every few seconds: only who asks for leases gets any.</summary>
    private static readonly KindSchema s_lease = KindSchema.Of(typeof(Lease));

    /// <summary>Kinds that a scope holds; none where the store knows none of them.</summary>
    public IEnumerable<KindSchema> In(ObjectScope scope) =>
        IsLease(scope.Group, scope.Plural)
            ? [s_lease]
            : _kinds.Values.Where(kind =>
                (scope.Group is null || kind.Group == scope.Group)
                && (scope.Plural is null || kind.Plural == scope.Plural)
            );

    /// <summary>Where objects of a kind are listed, watched and created.</summary>
    /// <param name="ns">Null for all namespaces.</param>
    public static string Collection(KindSchema kind, string? ns)
    {
        var version = kind.Versions[0];
        var root = kind.Group.Length == 0 ? $"api/{version}" : $"apis/{kind.Group}/{version}";
        return kind.IsClusterScoped || ns is null ? $"{root}/{kind.Plural}" : $"{root}/namespaces/{ns}/{kind.Plural}";
    }

    public string Collection(in ObjectKey key) => Collection(KindOf(key), key.Namespace);

    public string Object(in ObjectKey key) => $"{Collection(key)}/{key.Name}";

    private KindSchema KindOf(in ObjectKey key) =>
        IsLease(key.Group, key.Plural) ? s_lease
        : _kinds.TryGetValue((key.Group, key.Plural), out var kind) ? kind
        : throw new ArgumentException($"there is no kind {key.Group}/{key.Plural}", nameof(key));

    private static bool IsLease(string? group, string? plural) =>
        group == s_lease.Group && (plural is null || plural == s_lease.Plural);
}
