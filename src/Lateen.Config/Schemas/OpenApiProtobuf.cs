// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Schemas;

/// <summary>
/// A document of OpenAPI 2.0 as protobuf, the one form in which <c>kubectl</c> reads it: message <c>openapi.v2.Document</c> of gnostic.
/// Field numbers are of its OpenAPIv2.proto; what no document of ours has is left out.
/// </summary>
public static class OpenApiProtobuf
{
    /// <summary>What <c>Accept</c> says of it; newer clients ask for <see cref="MediaType"/>.</summary>
    public const string OldMediaType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /// <summary>What <c>Content-Type</c> says of it: clients cannot read the old type's <c>@</c> there.</summary>
    public const string MediaType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <param name="document">As <see cref="OpenApiWriter.V2"/> made it.</param>
    public static byte[] Write(JsonObject document)
    {
        var message = new ProtobufText();
        message.Text(1, Text(document, "swagger"));
        message.Message(2, Info(document["info"]!.AsObject()));
        message.Message(8, Named(document["paths"]!.AsObject(), 2, PathItem));
        message.Message(9, Named(document["definitions"]!.AsObject(), 1, Schema));
        return message.ToArray();
    }

    private static ProtobufText Info(JsonObject info)
    {
        var message = new ProtobufText();
        message.Text(1, Text(info, "title"));
        message.Text(2, Text(info, "version"));
        return message;
    }

    /// <summary>A map as gnostic has it: a message that repeats pairs of name and value.</summary>
    private static ProtobufText Named(JsonObject map, int field, Func<JsonObject, ProtobufText> write)
    {
        var message = new ProtobufText();
        foreach (var (name, value) in map)
        {
            var entry = new ProtobufText();
            entry.Text(1, name);
            entry.Message(2, write(value!.AsObject()));
            message.Message(field, entry);
        }
        return message;
    }

    private static ProtobufText PathItem(JsonObject path)
    {
        var message = new ProtobufText();
        foreach (var (verb, field) in new[] { ("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8) })
        {
            if (path[verb] is JsonObject operation)
                message.Message(field, Operation(operation));
        }
        Parameters(message, 9, path);
        return message;
    }

    private static ProtobufText Operation(JsonObject operation)
    {
        var message = new ProtobufText();
        foreach (var type in operation["consumes"] as JsonArray ?? [])
            message.Text(7, type!.GetValue<string>());
        Parameters(message, 8, operation);
        message.Message(9, Named(operation["responses"]!.AsObject(), 1, Response));
        Extensions(message, 13, operation);
        return message;
    }

    private static ProtobufText Response(JsonObject response)
    {
        var content = new ProtobufText();
        content.Text(1, Text(response, "description"));
        var message = new ProtobufText();
        message.Message(1, content);
        return message;
    }

    private static void Parameters(ProtobufText message, int field, JsonObject owner)
    {
        foreach (var parameter in owner["parameters"] as JsonArray ?? [])
        {
            var item = new ProtobufText();
            item.Message(1, Parameter(parameter!.AsObject()));
            message.Message(field, item);
        }
    }

    private static ProtobufText Parameter(JsonObject parameter)
    {
        var message = new ProtobufText();
        var place = Text(parameter, "in");
        var content = new ProtobufText();
        if (place == "body")
        {
            content.Text(2, Text(parameter, "name"));
            content.Text(3, place);
            content.Flag(4, parameter["required"]?.GetValue<bool>() == true);
            content.Message(5, Schema(parameter["schema"]!.AsObject()));
            message.Message(1, content);
            return message;
        }
        content.Flag(1, parameter["required"]?.GetValue<bool>() == true);
        content.Text(2, place);
        content.Text(3, Text(parameter, "description"));
        content.Text(4, Text(parameter, "name"));
        content.Text(place == "query" ? 6 : 5, Text(parameter, "type"));
        var choice = new ProtobufText();
        choice.Message(place == "query" ? 3 : 4, content);
        message.Message(2, choice);
        return message;
    }

    private static ProtobufText Schema(JsonObject schema)
    {
        var message = new ProtobufText();
        foreach (var (word, field) in new[] { ("$ref", 1), ("format", 2), ("description", 4) })
        {
            if (schema.ContainsKey(word))
                message.Text(field, Text(schema, word));
        }
        foreach (var (word, field) in new[] { ("maximum", 7), ("minimum", 9) })
        {
            if (schema[word] is { } limit)
                message.Number(field, limit.GetValue<double>());
        }
        foreach (var name in schema["required"] as JsonArray ?? [])
            message.Text(19, name!.GetValue<string>());
        foreach (var word in schema["enum"] as JsonArray ?? [])
            message.Message(20, Any(word!));
        Nested(message, schema);
        Extensions(message, 31, schema);
        return message;
    }

    private static void Nested(ProtobufText message, JsonObject schema)
    {
        if (schema["additionalProperties"] is JsonObject value)
            message.Message(21, Wrapped(Schema(value)));
        if (schema["type"] is { } type)
        {
            var item = new ProtobufText();
            item.Text(1, type.GetValue<string>());
            message.Message(22, item);
        }
        if (schema["items"] is JsonObject items)
            message.Message(23, Wrapped(Schema(items)));
        if (schema["properties"] is JsonObject properties)
            message.Message(25, Named(properties, 1, Schema));
    }

    private static ProtobufText Wrapped(ProtobufText content)
    {
        var message = new ProtobufText();
        message.Message(1, content);
        return message;
    }

    private static void Extensions(ProtobufText message, int field, JsonObject owner)
    {
        foreach (var (name, value) in owner)
        {
            if (!name.StartsWith("x-", StringComparison.Ordinal))
                continue;
            var entry = new ProtobufText();
            entry.Text(1, name);
            entry.Message(2, Any(value!));
            message.Message(field, entry);
        }
    }

    /// <summary>A value as YAML, of which JSON is a part.</summary>
    private static ProtobufText Any(JsonNode value)
    {
        var message = new ProtobufText();
        message.Text(2, value.ToJsonString());
        return message;
    }

    private static string Text(JsonObject owner, string name) => owner[name]?.GetValue<string>() ?? "";
}
