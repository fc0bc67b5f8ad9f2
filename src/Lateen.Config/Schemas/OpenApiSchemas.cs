// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Schemas;

/// <summary>Schemas of values as OpenAPI has them. Both versions know the same words, but for a number or a text.</summary>
/// <param name="prefix">What references to other schemas begin with: <c>#/definitions/</c> or <c>#/components/schemas/</c>.</param>
internal sealed class OpenApiSchemas(string prefix)
{
    public const string ObjectMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    public const string ListMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

    private bool IsV2 => prefix.StartsWith("#/definitions", StringComparison.Ordinal);

    public JsonObject Reference(string name, string description) =>
        IsV2
            ? new JsonObject { ["description"] = description, ["$ref"] = prefix + name }
            // OpenAPI 3.0 ignores what stands beside a reference.
            : new JsonObject
            {
                ["description"] = description,
                ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = prefix + name }),
            };

    /// <summary>A whole resource: its envelope and its content.</summary>
    public JsonObject Resource(KindSchema kind)
    {
        var properties = new JsonObject
        {
            ["apiVersion"] = Text("Group and version of the kind."),
            ["kind"] = Text("Name of the kind."),
            ["metadata"] = Reference(ObjectMeta, "Name, namespace, labels and the like."),
        };
        var schema = new JsonObject
        {
            ["description"] = JsonSchemaDefinitions.Describe(kind.Content.Description, kind.IsNotInForce),
            ["type"] = "object",
            ["properties"] = properties,
        };
        if (kind.IsWhole)
            AddFields(schema, properties, kind.Content);
        else
            properties["spec"] = Of(kind.Content);
        if (!kind.IsWhole)
            properties["status"] = Anything("What became of it.");
        return schema;
    }

    public JsonObject Of(ValueSchema schema) =>
        schema switch
        {
            ObjectSchema content => Object(content),
            ListSchema list => new() { ["type"] = "array", ["items"] = Of(list.Item) },
            MapSchema map => new() { ["type"] = "object", ["additionalProperties"] = Of(map.Value) },
            ChoiceSchema choice => Choice(choice),
            NumberSchema number => Number(number),
            FlagSchema => new() { ["type"] = "boolean" },
            TimestampSchema => new() { ["type"] = "string", ["format"] = "date-time" },
            BytesSchema => new() { ["type"] = "string", ["format"] = "byte" },
            IntOrTextSchema => IntOrText(),
            AnySchema { IsMapping: false } => new() { ["x-kubernetes-preserve-unknown-fields"] = true },
            AnySchema => Anything(""),
            _ => new() { ["type"] = "string" },
        };

    private JsonObject Object(ObjectSchema content)
    {
        var properties = new JsonObject();
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (content.Description.Length > 0)
            schema["description"] = content.Description;
        if (content.IsOpen)
            schema["x-kubernetes-preserve-unknown-fields"] = true;
        AddFields(schema, properties, content);
        return schema;
    }

    private void AddFields(JsonObject schema, JsonObject properties, ObjectSchema content)
    {
        foreach (var field in content.Fields)
        {
            var value = Of(field.Value);
            if (Describe(field) is { Length: > 0 } description)
                value["description"] = description;
            AddListType(value, field);
            properties[field.Name] = value;
        }
        var required = content.Fields.Where(static field => field.IsRequired).Select(static field => field.Name);
        if (required.Any())
            schema["required"] = new JsonArray([.. required.Select(static name => JsonValue.Create(name))]);
    }

    /// <summary>How writers share the list: x-kubernetes-list-type, and for strategic merges x-kubernetes-patch-strategy.</summary>
    private static void AddListType(JsonObject value, FieldSchema field)
    {
        if (field.Value is not ListSchema)
            return;
        var isMerged = field.IsSet || field.ListKeys is not null;
        value["x-kubernetes-list-type"] =
            field.IsSet ? "set"
            : isMerged ? "map"
            : "atomic";
        if (isMerged)
            value["x-kubernetes-patch-strategy"] = "merge";
        if (field.ListKeys is not { } keys)
            return;
        value["x-kubernetes-list-map-keys"] = new JsonArray([.. keys.Select(static key => JsonValue.Create(key))]);
        value["x-kubernetes-patch-merge-key"] = keys[0];
    }

    private static string Describe(FieldSchema field)
    {
        var description = JsonSchemaDefinitions.Describe(field.Description, field.IsNotInForce);
        return field.Deprecated is null ? description : $"{description} Deprecated: {field.Deprecated}.";
    }

    private static JsonObject Choice(ChoiceSchema choice) =>
        new()
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. choice.Words.Select(static word => JsonValue.Create(word.Word))]),
        };

    private static JsonObject Number(NumberSchema number)
    {
        var schema = number.IsWhole
            ? new JsonObject { ["type"] = "integer", ["format"] = number.ClrType == typeof(int) ? "int32" : "int64" }
            : new JsonObject { ["type"] = "number", ["format"] = "double" };
        if (number.HasLeast)
            schema["minimum"] = number.Min;
        if (number.HasGreatest)
            schema["maximum"] = number.Max;
        return schema;
    }

    private JsonObject IntOrText() =>
        IsV2
            ? new JsonObject { ["type"] = "string", ["format"] = "int-or-string" }
            : new JsonObject
            {
                ["format"] = "int-or-string",
                ["oneOf"] = new JsonArray(
                    new JsonObject { ["type"] = "integer" },
                    new JsonObject { ["type"] = "string" }
                ),
            };

    public static JsonObject Anything(string description)
    {
        var schema = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        if (description.Length > 0)
            schema["description"] = description;
        return schema;
    }

    private static JsonObject Text(string description) => new() { ["description"] = description, ["type"] = "string" };
}
