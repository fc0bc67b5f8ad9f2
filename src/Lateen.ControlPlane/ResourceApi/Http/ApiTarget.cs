// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>What a path of objects leads to: one of them, or all of a kind in a namespace or everywhere.</summary>
/// <param name="Version">That the client speaks; all versions of a kind are alike.</param>
/// <param name="Namespace">Empty for all of them, and for kinds that are in none.</param>
/// <param name="Name">Empty for a collection.</param>
/// <param name="Subresource"><c>status</c>, or empty.</param>
internal sealed record ApiTarget(KindSchema Kind, string Version, string Namespace, string Name, string Subresource)
{
    public const string Status = "status";

    public bool IsCollection => Name.Length == 0;

    public bool IsStatus => Subresource == Status;

    public string ApiVersion => Kind.ApiVersion(Version);

    public ObjectKey Key => new(Kind.Group, Kind.Plural, Namespace, Name);

    public ObjectScope Scope => new(Kind.Group, Kind.Plural, Namespace.Length > 0 ? Namespace : null);

    /// <summary>As messages name the kind of what is invalid: <c>VirtualService.networking.istio.io</c>.</summary>
    public string KindName => Kind.Group.Length > 0 ? $"{Kind.Name}.{Kind.Group}" : Kind.Name;

    /// <summary>As messages name the objects: <c>virtualservices.networking.istio.io</c>.</summary>
    public override string ToString() => Kind.Group.Length > 0 ? $"{Kind.Plural}.{Kind.Group}" : Kind.Plural;
}
