// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.ControlPlane.ResourceApi.Discovery;

/// <summary>What the API has: groups, versions and kinds, as Kubernetes' clients look for them.</summary>
internal static class DiscoveryPages
{
    /// <summary>The version of Kubernetes whose conventions these are.</summary>
    private const string Major = "1";
    private const string Minor = "32";

    private const string CoreVersion = "v1";

    public static string[] VerbsOf(KindSchema kind) =>
        kind == Handling.NamespaceLifecycle.Kind
            ? ["create", "delete", "get", "list", "patch", "update", "watch"]
            : ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public static JsonObject Version()
    {
        var ours = typeof(DiscoveryPages).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!;
        return new JsonObject
        {
            ["major"] = Major,
            ["minor"] = Minor,
            ["gitVersion"] = $"v{Major}.{Minor}.0+lateen.{ours.InformationalVersion.Split('+')[0]}",
            ["gitCommit"] = ours.InformationalVersion.Split('+') is [_, var commit] ? commit : "",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "",
            ["compiler"] = ".NET",
            ["platform"] = "linux/amd64",
        };
    }

    /// <summary><c>/</c></summary>
    public static JsonObject Paths()
    {
        var paths = new List<string> { "/api", $"/api/{CoreVersion}", "/apis" };
        foreach (var group in ServedKinds.Groups)
        {
            paths.Add($"/apis/{group}");
            paths.AddRange(ServedKinds.VersionsOf(group).Select(version => $"/apis/{group}/{version}"));
        }
        paths.AddRange(["/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]);
        return new JsonObject { ["paths"] = Texts(paths) };
    }

    /// <summary><c>/api</c></summary>
    public static JsonObject Core(string host) =>
        new()
        {
            ["kind"] = "APIVersions",
            ["versions"] = Texts([CoreVersion]),
            ["serverAddressByClientCIDRs"] = new JsonArray(
                new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = host }
            ),
        };

    /// <summary><c>/apis</c></summary>
    public static JsonObject Groups() =>
        new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = CoreVersion,
            ["groups"] = new JsonArray([.. ServedKinds.Groups.Select(GroupContent)]),
        };

    /// <summary><c>/apis/GROUP</c></summary>
    public static JsonObject Group(string group)
    {
        var content = GroupContent(group);
        content.Insert(0, "kind", "APIGroup");
        content.Insert(1, "apiVersion", CoreVersion);
        return content;
    }

    /// <summary><c>/api/v1</c>, <c>/apis/GROUP/VERSION</c></summary>
    public static JsonObject Kinds(string group, string version)
    {
        var resources = new JsonArray();
        foreach (var kind in ServedKinds.Of(group, version))
        {
            resources.Add(Resource(kind));
            if (ServedKinds.HasStatus(kind))
                resources.Add(StatusResource(kind));
        }
        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = CoreVersion,
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = resources,
        };
    }

    private static JsonObject GroupContent(string group)
    {
        var versions = ServedKinds.VersionsOf(group).Select(version => Version(group, version)).ToArray();
        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions]),
            ["preferredVersion"] = versions[0].DeepClone(),
        };
    }

    private static JsonObject Version(string group, string version) =>
        new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static JsonObject Resource(KindSchema kind)
    {
        var resource = new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = Singular(kind),
            ["namespaced"] = !kind.IsClusterScoped,
            ["kind"] = kind.Name,
            ["verbs"] = Texts(VerbsOf(kind)),
        };
        if (kind.ShortNames.Count > 0)
            resource["shortNames"] = Texts(kind.ShortNames);
        if (ServedKinds.CategoriesOf(kind) is { Count: > 0 } categories)
            resource["categories"] = Texts(categories);
        return resource;
    }

    private static JsonObject StatusResource(KindSchema kind) =>
        new()
        {
            ["name"] = $"{kind.Plural}/status",
            ["singularName"] = "",
            ["namespaced"] = !kind.IsClusterScoped,
            ["kind"] = kind.Name,
            ["verbs"] = Texts(["get", "patch", "update"]),
        };

    internal static string Singular(KindSchema kind) => kind.Name.ToLowerInvariant();

    internal static JsonArray Texts(IEnumerable<string> texts) =>
        new([.. texts.Select(static text => JsonValue.Create(text))]);
}
