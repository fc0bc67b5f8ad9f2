// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.ControlPlane.ResourceApi.Discovery;

/// <summary>Everything that discovery has, in one document for <c>/api</c> and one for <c>/apis</c> (apidiscovery.k8s.io/v2).</summary>
internal static class AggregatedDiscovery
{
    public const string MediaType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public static JsonObject Of(IEnumerable<string> groups) =>
        new()
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. groups.Select(Group)]),
        };

    private static JsonObject Group(string group)
    {
        var metadata = new JsonObject();
        if (group.Length > 0)
            metadata["name"] = group;
        return new JsonObject
        {
            ["metadata"] = metadata,
            ["versions"] = new JsonArray([
                .. ServedKinds
                    .VersionsOf(group)
                    .Select(version => new JsonObject
                    {
                        ["version"] = version,
                        ["resources"] = new JsonArray([
                            .. ServedKinds.Of(group, version).Select(kind => Resource(kind, version)),
                        ]),
                        ["freshness"] = "Current",
                    }),
            ]),
        };
    }

    private static JsonObject Resource(KindSchema kind, string version)
    {
        var resource = new JsonObject
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = ResponseKind(kind, version),
            ["scope"] = kind.IsClusterScoped ? "Cluster" : "Namespaced",
            ["singularResource"] = DiscoveryPages.Singular(kind),
            ["verbs"] = DiscoveryPages.Texts(DiscoveryPages.VerbsOf(kind)),
        };
        if (kind.ShortNames.Count > 0)
            resource["shortNames"] = DiscoveryPages.Texts(kind.ShortNames);
        if (ServedKinds.CategoriesOf(kind) is { Count: > 0 } categories)
            resource["categories"] = DiscoveryPages.Texts(categories);
        if (ServedKinds.HasStatus(kind))
            resource["subresources"] = new JsonArray(
                new JsonObject
                {
                    ["subresource"] = "status",
                    ["responseKind"] = ResponseKind(kind, version),
                    ["verbs"] = DiscoveryPages.Texts(["get", "patch", "update"]),
                }
            );
        return resource;
    }

    private static JsonObject ResponseKind(KindSchema kind, string version) =>
        new()
        {
            ["group"] = kind.Group,
            ["version"] = version,
            ["kind"] = kind.Name,
        };
}
