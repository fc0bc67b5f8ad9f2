// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Schemas;

/// <summary>
/// JSON Schema (2020-12) of kinds, for editors: they complete names, show what fields mean and what their defaults are, and mark what
/// the mesh would refuse by a schema alone.
/// </summary>
public static class JsonSchemaWriter
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    /// <summary>One kind.</summary>
    public static JsonObject For(KindSchema kind)
    {
        var definitions = new JsonSchemaDefinitions();
        var schema = Resource(kind, definitions);
        schema.Insert(0, "$schema", Dialect);
        schema["$defs"] = definitions.ToJson();
        return schema;
    }

    /// <summary>A document that is no resource: a mesh's configuration, its networks, a proxy's settings.</summary>
    public static JsonObject For(ObjectSchema document, string title)
    {
        var definitions = new JsonSchemaDefinitions();
        return new JsonObject
        {
            ["$schema"] = Dialect,
            ["title"] = title,
            ["$ref"] = definitions.Reference(document),
            ["$defs"] = definitions.ToJson(),
        };
    }

    /// <summary>Several kinds, told apart by apiVersion and kind. Others are let through.</summary>
    public static JsonObject ForAll(IEnumerable<KindSchema> kinds)
    {
        var definitions = new JsonSchemaDefinitions();
        var cases = new JsonArray();
        foreach (var kind in kinds)
        {
            var name = KindCatalogue.DisplayName(kind.Group, kind.Name);
            definitions.Add(name, Resource(kind, definitions));
            cases.Add(Case(kind, name));
        }
        cases.Add(Lists());
        return new JsonObject
        {
            ["$schema"] = Dialect,
            ["title"] = "Resources of the mesh",
            ["type"] = "object",
            ["required"] = new JsonArray("apiVersion", "kind"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["type"] = "string" },
                ["kind"] = new JsonObject { ["type"] = "string" },
            },
            ["allOf"] = cases,
            ["$defs"] = definitions.ToJson(),
        };
    }

    private static JsonObject Case(KindSchema kind, string name) =>
        new()
        {
            ["if"] = new JsonObject
            {
                ["properties"] = new JsonObject
                {
                    // Every version, so that one that does not exist is marked.
                    ["apiVersion"] = new JsonObject
                    {
                        ["pattern"] =
                            kind.Group.Length == 0
                                ? "^v[0-9a-z]+$"
                                : $"^{kind.Group.Replace(".", "\\.", StringComparison.Ordinal)}/",
                    },
                    ["kind"] = new JsonObject { ["const"] = kind.Name },
                },
                ["required"] = new JsonArray("apiVersion", "kind"),
            },
            ["then"] = new JsonObject { ["$ref"] = JsonSchemaDefinitions.Prefix + name },
        };

    /// <summary><c>kind: List</c>: each item is a resource.</summary>
    private static JsonObject Lists() =>
        new()
        {
            ["if"] = new JsonObject
            {
                ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = "List" } },
                ["required"] = new JsonArray("kind", "items"),
            },
            ["then"] = new JsonObject
            {
                ["properties"] = new JsonObject
                {
                    ["items"] = new JsonObject
                    {
                        ["type"] = "array",
                        ["items"] = new JsonObject { ["$ref"] = "#" },
                    },
                },
            },
        };

    private static JsonObject Resource(KindSchema kind, JsonSchemaDefinitions definitions)
    {
        var properties = new JsonObject
        {
            ["apiVersion"] = new JsonObject
            {
                ["description"] = "Group and version of the kind; all versions are read alike.",
                ["enum"] = new JsonArray([
                    .. kind.Versions.Select(version => JsonValue.Create(kind.ApiVersion(version))),
                ]),
            },
            ["kind"] = new JsonObject { ["const"] = kind.Name },
            ["metadata"] = new JsonObject
            {
                ["description"] = "Name, namespace, labels and the like.",
                ["$ref"] = definitions.Reference(SchemaBuilder.Of(typeof(ResourceMetadata))),
                ["required"] = new JsonArray("name"),
            },
        };
        var required = new JsonArray("apiVersion", "kind", "metadata");
        var rules = new JsonArray();
        if (kind.IsWhole)
            definitions.AddFields(kind.Content, properties, required, rules);
        else
        {
            properties["spec"] = new JsonObject { ["$ref"] = definitions.Reference(kind.Content) };
            if (!kind.IsSpecOptional)
                required.Add("spec");
            properties["status"] = new JsonObject { ["description"] = "What became of it.", ["type"] = "object" };
        }
        var schema = new JsonObject
        {
            ["title"] = kind.Name,
            ["description"] = JsonSchemaDefinitions.Describe(kind.Content.Description, kind.IsNotInForce),
            ["type"] = "object",
            ["required"] = required,
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
        if (rules.Count > 0)
            schema["allOf"] = rules;
        return schema;
    }
}
