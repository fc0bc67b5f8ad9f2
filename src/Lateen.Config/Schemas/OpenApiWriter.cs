// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Schemas;

/// <summary>
/// Kinds as OpenAPI documents, as far as <c>kubectl</c> reads them: for explain, for its own validation, for what it may ask of the
/// server. Descriptions are the records' summaries.
/// </summary>
public static class OpenApiWriter
{
    /// <summary>All versions of the kinds in one document of OpenAPI 2.0, as at <c>/openapi/v2</c>.</summary>
    public static JsonObject V2(IEnumerable<KindSchema> kinds)
    {
        var schemas = new OpenApiSchemas("#/definitions/");
        var definitions = Metadata(schemas);
        var paths = new JsonObject();
        foreach (var kind in kinds)
        {
            foreach (var version in kind.Versions)
                Add(kind, version, schemas, definitions, new OpenApiPaths(isV2: true), paths);
        }
        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = Info(),
            ["paths"] = paths,
            ["definitions"] = definitions,
        };
    }

    /// <summary>One version of a group as a document of OpenAPI 3.0, as at <c>/openapi/v3/apis/networking.istio.io/v1</c>.</summary>
    /// <param name="group">Empty for Kubernetes' core, which is at <c>/openapi/v3/api/v1</c>.</param>
    /// <param name="kinds">Those of other groups and without this version are left out.</param>
    public static JsonObject V3(string group, string version, IEnumerable<KindSchema> kinds)
    {
        var schemas = new OpenApiSchemas("#/components/schemas/");
        var definitions = Metadata(schemas);
        var paths = new JsonObject();
        foreach (var kind in kinds.Where(kind => kind.Group == group && kind.Versions.Contains(version)))
            Add(kind, version, schemas, definitions, new OpenApiPaths(isV2: false), paths);
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = definitions },
        };
    }

    /// <summary>As a definition is named: <c>io.istio.networking.v1.VirtualService</c>.</summary>
    public static string NameOf(KindSchema kind, string version) =>
        kind.Group switch
        {
            "" => $"io.k8s.api.core.{version}.{kind.Name}",
            _ => $"{string.Join('.', kind.Group.Split('.').Reverse())}.{version}.{kind.Name}",
        };

    internal static JsonObject GroupVersionKind(KindSchema kind, string version, string name) =>
        new()
        {
            ["group"] = kind.Group,
            ["version"] = version,
            ["kind"] = name,
        };

    private static void Add(
        KindSchema kind,
        string version,
        OpenApiSchemas schemas,
        JsonObject definitions,
        OpenApiPaths paths,
        JsonObject known
    )
    {
        var name = NameOf(kind, version);
        var resource = schemas.Resource(kind);
        resource["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(kind, version, kind.Name));
        definitions[name] = resource;
        definitions[$"{name}List"] = List(kind, version, name, schemas);
        paths.Add(known, kind, version);
    }

    private static JsonObject List(KindSchema kind, string version, string item, OpenApiSchemas schemas) =>
        new()
        {
            ["description"] = $"A list of {kind.Name}.",
            ["type"] = "object",
            ["required"] = new JsonArray("items"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["type"] = "string" },
                ["kind"] = new JsonObject { ["type"] = "string" },
                ["metadata"] = schemas.Reference(OpenApiSchemas.ListMeta, "Where the list stands."),
                ["items"] = new JsonObject
                {
                    ["description"] = "The objects.",
                    ["type"] = "array",
                    ["items"] = schemas.Reference(item, ""),
                },
            },
            ["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(kind, version, $"{kind.Name}List")),
        };

    private static JsonObject Metadata(OpenApiSchemas schemas) =>
        new()
        {
            [OpenApiSchemas.ObjectMeta] = schemas.Of(SchemaBuilder.Of(typeof(ResourceMetadata))),
            [OpenApiSchemas.ListMeta] = schemas.Of(SchemaBuilder.Of(typeof(ListMetadata))),
        };

    private static JsonObject Info() => new() { ["title"] = "Lateen", ["version"] = "v1" };
}
