// SPDX-License-Identifier: Apache-2.0
namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>What a path asks for.</summary>
internal enum ApiPage : byte
{
    NotFound,

    /// <summary><c>/version</c></summary>
    Version,

    /// <summary><c>/healthz</c>, <c>/livez</c></summary>
    Health,

    /// <summary><c>/readyz</c></summary>
    Ready,

    /// <summary><c>/</c>: the paths there are.</summary>
    Paths,

    /// <summary><c>/api</c>: versions of the core group.</summary>
    Core,

    /// <summary><c>/apis</c>: all other groups.</summary>
    Groups,

    /// <summary><c>/apis/GROUP</c></summary>
    Group,

    /// <summary><c>/api/v1</c>, <c>/apis/GROUP/VERSION</c>: the kinds of a version.</summary>
    Kinds,

    /// <summary><c>/openapi/v2</c></summary>
    OpenApiV2,

    /// <summary><c>/openapi/v3</c>: the documents of the third version.</summary>
    OpenApiV3,

    /// <summary><c>/openapi/v3/apis/GROUP/VERSION</c></summary>
    OpenApiV3Version,

    /// <summary>Objects.</summary>
    Objects,
}

/// <summary>A path of the API, taken apart.</summary>
/// <param name="Group">Empty for Kubernetes' core.</param>
/// <param name="Target">For <see cref="ApiPage.Objects"/>.</param>
internal sealed record ApiPath(ApiPage Page, string Group = "", string Version = "", ApiTarget? Target = null)
{
    private const string Namespaces = "namespaces";

    private static readonly ApiPath s_notFound = new(ApiPage.NotFound);

    /// <param name="path">Without the query, with what was escaped in its place.</param>
    public static ApiPath Parse(string path)
    {
        if (!path.StartsWith('/'))
            return s_notFound;
        if (path == "/")
            return new ApiPath(ApiPage.Paths);
        // A slash at the end changes nothing, as in Kubernetes.
        var parts = path[1..].TrimEnd('/').Split('/');
        if (parts.Any(static part => part.Length == 0))
            return s_notFound;
        return parts switch
        {
            ["version"] => new ApiPath(ApiPage.Version),
            ["healthz" or "livez"] or ["healthz" or "livez", "ping"] => new ApiPath(ApiPage.Health),
            ["readyz"] => new ApiPath(ApiPage.Ready),
            ["openapi", "v2"] => new ApiPath(ApiPage.OpenApiV2),
            ["openapi", "v3"] => new ApiPath(ApiPage.OpenApiV3),
            ["openapi", "v3", "api", var version] => OfVersion(ApiPage.OpenApiV3Version, "", version),
            ["openapi", "v3", "apis", var group, var version] => OfVersion(ApiPage.OpenApiV3Version, group, version),
            ["api"] => new ApiPath(ApiPage.Core),
            ["apis"] => new ApiPath(ApiPage.Groups),
            ["apis", var group] => ServedKinds.Groups.Contains(group) ? new ApiPath(ApiPage.Group, group) : s_notFound,
            ["api", var version] => OfVersion(ApiPage.Kinds, "", version),
            ["apis", var group, var version] => OfVersion(ApiPage.Kinds, group, version),
            ["api", var version, .. var rest] => OfObjects("", version, rest),
            ["apis", var group, var version, .. var rest] => OfObjects(group, version, rest),
            _ => s_notFound,
        };
    }

    private static ApiPath OfVersion(ApiPage page, string group, string version) =>
        ServedKinds.Of(group, version).Count > 0 ? new ApiPath(page, group, version) : s_notFound;

    private static ApiPath OfObjects(string group, string version, string[] rest) =>
        rest switch
        {
            // Namespaces are objects themselves, and what objects are in.
            [Namespaces, _, "status"] when group.Length == 0 => Cluster(group, version, rest),
            [Namespaces, var ns, var plural, .. var item] when item.Length <= 2 => Find(
                group,
                version,
                plural,
                ns,
                item
            ),
            _ when rest.Length <= 3 => Cluster(group, version, rest),
            _ => s_notFound,
        };

    /// <summary>Objects in no namespace, or a collection of all namespaces.</summary>
    private static ApiPath Cluster(string group, string version, string[] rest) =>
        Find(group, version, rest[0], "", rest[1..]);

    private static ApiPath Find(string group, string version, string plural, string ns, string[] item)
    {
        var name = item.Length > 0 ? item[0] : "";
        var subresource = item.Length > 1 ? item[1] : "";
        if (ServedKinds.Find(group, version, plural) is not { } kind)
            return s_notFound;
        var isMisplaced = kind.IsClusterScoped ? ns.Length > 0 : ns.Length == 0 && name.Length > 0;
        var isUnknown = subresource.Length > 0 && !(subresource == ApiTarget.Status && ServedKinds.HasStatus(kind));
        return isMisplaced || isUnknown
            ? s_notFound
            : new ApiPath(ApiPage.Objects, group, version, new ApiTarget(kind, version, ns, name, subresource));
    }
}
