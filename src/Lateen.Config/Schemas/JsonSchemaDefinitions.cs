// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Schemas;

/// <summary>The <c>$defs</c> of a JSON Schema: each object once, however many fields are of it.</summary>
internal sealed class JsonSchemaDefinitions
{
    public const string Prefix = "#/$defs/";

    private const string Kinds = "Lateen.Config.Kinds.";
    private readonly SortedDictionary<string, JsonObject> _definitions = new(StringComparer.Ordinal);

    public void Add(string name, JsonObject definition) => _definitions.Add(name, definition);

    public JsonObject ToJson() =>
        new(_definitions.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    /// <summary>Where the object is defined, once this was asked for.</summary>
    public string Reference(ObjectSchema content)
    {
        var full = content.Type.FullName!;
        var name = full.StartsWith(Kinds, StringComparison.Ordinal) ? full[Kinds.Length..] : content.Type.Name;
        if (!_definitions.ContainsKey(name))
        {
            var definition = _definitions[name] = [];
            Define(definition, content);
        }
        return Prefix + name;
    }

    /// <summary>The fields of an object, which must be there, and which exclude each other.</summary>
    public void AddFields(ObjectSchema content, JsonObject properties, JsonArray required, JsonArray rules)
    {
        var defaults = content.Create();
        foreach (var field in content.Fields)
        {
            properties[field.Name] = Field(field, field.Get(defaults));
            if (field.IsRequired)
                required.Add(field.Name);
        }
        foreach (var group in content.OneOfs)
            rules.Add(OneOf(group));
    }

    /// <summary>What something is, and whether traffic cares.</summary>
    public static string Describe(string description, bool isNotInForce) =>
        isNotInForce ? $"{description} Known, and not in force yet." : description;

    private void Define(JsonObject definition, ObjectSchema content)
    {
        var (properties, required, rules) = (new JsonObject(), new JsonArray(), new JsonArray());
        AddFields(content, properties, required, rules);
        definition["description"] = content.Description;
        definition["type"] = "object";
        if (required.Count > 0)
            definition["required"] = required;
        definition["properties"] = properties;
        definition["additionalProperties"] = content.IsOpen;
        if (rules.Count > 0)
            definition["allOf"] = rules;
    }

    private JsonObject Field(FieldSchema field, object? initial)
    {
        var schema = Of(field.Value);
        schema["description"] = Describe(field.Description, field.IsNotInForce);
        if (field.Deprecated is { } instead)
        {
            schema["deprecated"] = true;
            schema["deprecationMessage"] = $"Deprecated: {instead}";
        }
        if (field is { IsRequired: true, MayBeEmpty: false } && field.Value is TextSchema or ListSchema or MapSchema)
            schema[
                field.Value switch
                {
                    TextSchema => "minLength",
                    ListSchema => "minItems",
                    _ => "minProperties",
                }
            ] = 1;
        else if (!field.IsRequired && JsonDefaults.Of(field.Value, initial) is { } value)
            schema["default"] = value;
        return schema;
    }

    private JsonObject Of(ValueSchema schema) =>
        schema switch
        {
            ObjectSchema content => new() { ["$ref"] = Reference(content) },
            ListSchema list => new() { ["type"] = "array", ["items"] = Of(list.Item) },
            MapSchema map => new() { ["type"] = "object", ["additionalProperties"] = Entry(map.Value) },
            ChoiceSchema choice => Choice(choice),
            NumberSchema number => Number(number),
            FlagSchema => new() { ["type"] = "boolean" },
            TimestampSchema => new() { ["type"] = "string", ["format"] = "date-time" },
            BytesSchema => new() { ["type"] = "string", ["contentEncoding"] = "base64" },
            DurationSchema => new()
            {
                ["type"] = "string",
                ["pattern"] = @"^(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(h|m|s|ms|us|ns))+)$",
            },
            IntOrTextSchema => new() { ["type"] = new JsonArray("integer", "string") },
            QuantitySchema => new() { ["type"] = new JsonArray("string", "number") },
            AnySchema { IsMapping: true } => new() { ["type"] = "object" },
            AnySchema => [],
            _ => new() { ["type"] = "string" },
        };

    /// <summary>A condition without anything in it, as <c>x-debug:</c>, asks that the thing is there.</summary>
    private JsonObject Entry(ValueSchema value) =>
        value is ObjectSchema
            ? new() { ["anyOf"] = new JsonArray(Of(value), new JsonObject { ["type"] = "null" }) }
            : Of(value);

    private static JsonObject Choice(ChoiceSchema choice) =>
        new()
        {
            ["enum"] = new JsonArray([.. choice.Words.Select(static word => JsonValue.Create(word.Word))]),
            ["enumDescriptions"] = new JsonArray([
                .. choice.Words.Select(word => JsonValue.Create(choice.DescriptionOf(word.Value))),
            ]),
        };

    private static JsonObject Number(NumberSchema number)
    {
        var schema = new JsonObject { ["type"] = number.IsWhole ? "integer" : "number" };
        if (number.HasLeast)
            schema["minimum"] = number.Min;
        if (number.HasGreatest)
            schema["maximum"] = number.Max;
        return schema;
    }

    /// <summary>One of the fields; or none, where the group is not required.</summary>
    private static JsonObject OneOf(OneOfGroup group)
    {
        var choices = new JsonArray([.. group.Fields.Select(static field => Required(field))]);
        if (!group.IsRequired)
            choices.Add(
                new JsonObject
                {
                    ["not"] = new JsonObject
                    {
                        ["anyOf"] = new JsonArray([.. group.Fields.Select(static field => Required(field))]),
                    },
                }
            );
        return new JsonObject { ["oneOf"] = choices };
    }

    private static JsonObject Required(FieldSchema field) => new() { ["required"] = new JsonArray(field.Name) };
}
