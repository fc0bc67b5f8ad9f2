// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.ManagedFields;

/// <summary><c>metadata.managedFields</c>, from and to JSON.</summary>
public static class ManagedFieldsJson
{
    /// <summary>To the second, in UTC, as all times of Kubernetes' metadata.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private const string Apply = "Apply";
    private const string Update = "Update";

    /// <summary>Null when the records are none; empty when there are none.</summary>
    public static IReadOnlyList<ManagedFieldsEntry>? Read(JsonNode? node)
    {
        if (node is null)
            return [];
        if (node is not JsonArray list)
            return null;
        var entries = new List<ManagedFieldsEntry>(list.Count);
        foreach (var item in list)
        {
            if (item is not JsonObject record || ReadEntry(record) is not { } entry)
                return null;
            entries.Add(entry);
        }
        return entries;
    }

    /// <summary>One record without anything in it: who writes that wants all records gone.</summary>
    public static bool IsReset(JsonNode? node) =>
        node is JsonArray { Count: 1 } list && list[0] is JsonObject { Count: 0 };

    /// <summary>In Kubernetes' order: who applies, then the others, each by time, then name.</summary>
    public static JsonArray Write(IEnumerable<ManagedFieldsEntry> entries) =>
        [
            .. entries
                .OrderBy(static entry => entry.Manager.IsApplier ? 0 : 1)
                .ThenBy(static entry => entry.Time ?? DateTimeOffset.MinValue)
                .ThenBy(static entry => entry.Manager.Name, StringComparer.Ordinal)
                .ThenBy(static entry => entry.Manager.ApiVersion, StringComparer.Ordinal)
                .ThenBy(static entry => entry.Manager.Subresource, StringComparer.Ordinal)
                .Select(WriteEntry),
        ];

    private static ManagedFieldsEntry? ReadEntry(JsonObject record)
    {
        var operation = Text(record, "operation");
        if (operation is not (Apply or Update) || Text(record, "fieldsType") != "FieldsV1")
            return null;
        if (FieldsV1.Read(record["fieldsV1"]) is not { } fields)
            return null;
        var manager = new FieldManager(
            Text(record, "manager"),
            operation == Apply,
            Text(record, "apiVersion"),
            Text(record, "subresource")
        );
        return new ManagedFieldsEntry(manager, Time(Text(record, "time")), fields);
    }

    private static JsonObject WriteEntry(ManagedFieldsEntry entry)
    {
        var record = new JsonObject
        {
            ["apiVersion"] = entry.Manager.ApiVersion,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = FieldsV1.Write(entry.Fields),
            ["manager"] = entry.Manager.Name,
            ["operation"] = entry.Manager.IsApplier ? Apply : Update,
        };
        if (entry.Manager.Subresource.Length > 0)
            record["subresource"] = entry.Manager.Subresource;
        if (entry.Time is { } time)
            record["time"] = time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        return record;
    }

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static string Text(JsonObject record, string field) => record.Text(field) ?? "";
}
