// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.Tables;

/// <summary>A column of the tables that the API makes of objects.</summary>
/// <param name="Type"><c>string</c>, <c>integer</c> or <c>date</c>.</param>
/// <param name="Format"><c>name</c> for the column of names.</param>
/// <param name="Priority">0 is always shown, greater ones with <c>-o wide</c>.</param>
/// <param name="Cell">What stands in it, for an object at a time.</param>
public sealed record PrinterColumn(
    string Name,
    string Type,
    string Format,
    string Description,
    int Priority,
    Func<JsonObject, DateTimeOffset, JsonNode?> Cell
)
{
    /// <summary>Names; every table begins with it.</summary>
    public static PrinterColumn ObjectName { get; } =
        Text("Name", "The object's name.", static item => item.Member("metadata").Text("name")) with
        {
            Format = "name",
        };

    /// <summary>How long ago objects were created.</summary>
    public static PrinterColumn Age { get; } =
        new("Age", "date", "", "Time since the object was created.", 0, static (item, now) => AgeOf(item, now));

    /// <summary>What stands at a place in the object; lists as JSON.</summary>
    public static PrinterColumn At(string name, string path, string description, int priority = 0)
    {
        var expression = FieldExpression.Parse(path);
        return Text(name, description, item => Print(expression.First(item)), priority);
    }

    public static PrinterColumn Text(
        string name,
        string description,
        Func<JsonObject, string?> cell,
        int priority = 0
    ) => new(name, "string", "", description, priority, (item, _) => cell(item));

    public static PrinterColumn Number(string name, string description, Func<JsonObject, int> cell, int priority = 0) =>
        new(name, "integer", "", description, priority, (item, _) => cell(item));

    private static string? Print(JsonNode? node) => node is null ? null : node.AsText() ?? JsonCanon.Of(node);

    private static string AgeOf(JsonObject item, DateTimeOffset now) =>
        DateTimeOffset.TryParse(
            item.Member("metadata").Text("creationTimestamp"),
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal,
            out var created
        )
            ? HumanDuration.Of(now - created)
            : "<unknown>";
}
