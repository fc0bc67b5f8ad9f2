// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Stores.Kubernetes;

/// <summary>Paths of the API server for keys and scopes.</summary>
internal sealed class KubernetesPaths(IEnumerable<KindSchema> kinds)
{
    /// <summary>Nodes and others have leases too, thousands that change every few seconds: only who asks for leases gets any.</summary>
    private static readonly KindSchema s_lease = KindSchema.Of(typeof(Lease));

    private readonly Dictionary<(string Group, string Plural), KindSchema> _kinds = kinds
        .Where(static kind => !IsLease(kind.Group, kind.Plural))
        .ToDictionary(static kind => (kind.Group, kind.Plural));

    /// <summary>Versions that the server has of kinds, where that is not the first.</summary>
    private readonly ConcurrentDictionary<(string Group, string Plural), string> _versions = new();

    /// <summary>Kinds that a scope holds; none where the store knows none of them.</summary>
    public IEnumerable<KindSchema> In(ObjectScope scope) =>
        IsLease(scope.Group, scope.Plural)
            ? [s_lease]
            : _kinds.Values.Where(kind =>
                (scope.Group is null || kind.Group == scope.Group)
                && (scope.Plural is null || kind.Plural == scope.Plural)
            );

    public KindSchema KindOf(in ObjectKey key) =>
        IsLease(key.Group, key.Plural) ? s_lease
        : _kinds.TryGetValue((key.Group, key.Plural), out var kind) ? kind
        : throw new ArgumentException($"there is no kind {key.Group}/{key.Plural}", nameof(key));

    /// <summary>The server has the kind in this version: it may be older than what we know of it, or younger.</summary>
    public void Serve(KindSchema kind, string version) => _versions[(kind.Group, kind.Plural)] = version;

    /// <summary>Versions of the kind, that which the server had last in front.</summary>
    public IEnumerable<string> VersionsOf(KindSchema kind)
    {
        var served = VersionOf(kind);
        return kind.Versions.Where(version => version != served).Prepend(served);
    }

    /// <summary>Where objects of a kind are listed, watched and created.</summary>
    /// <param name="ns">Null for all namespaces.</param>
    public string Collection(KindSchema kind, string? ns) => Collection(kind, VersionOf(kind), ns);

    public static string Collection(KindSchema kind, string version, string? ns)
    {
        var root = kind.Group.Length == 0 ? $"api/{version}" : $"apis/{kind.Group}/{version}";
        return kind.IsClusterScoped || ns is null ? $"{root}/{kind.Plural}" : $"{root}/namespaces/{ns}/{kind.Plural}";
    }

    public string Collection(in ObjectKey key) => Collection(KindOf(key), key.Namespace);

    public string Object(in ObjectKey key) => $"{Collection(key)}/{key.Name}";

    /// <summary>A kind as people call it: <c>virtualservices.networking.istio.io</c>.</summary>
    public static string NameOf(KindSchema kind) =>
        kind.Group.Length == 0 ? kind.Plural : $"{kind.Plural}.{kind.Group}";

    private string VersionOf(KindSchema kind) =>
        _versions.GetValueOrDefault((kind.Group, kind.Plural), kind.Versions[0]);

    private static bool IsLease(string? group, string? plural) =>
        group == s_lease.Group && (plural is null || plural == s_lease.Plural);
}
