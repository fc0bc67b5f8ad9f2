// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Objects.Tables;

/// <summary>How much of each object stands beside its row.</summary>
public enum TableObjects : byte
{
    /// <summary>Its metadata; the default.</summary>
    Metadata,

    None,

    /// <summary>All of it.</summary>
    Object,
}

/// <summary>Objects as a Table of <c>meta.k8s.io/v1</c>, which <c>kubectl get</c> shows.</summary>
public sealed class ObjectTable(KindSchema kind, TableObjects include, DateTimeOffset now)
{
    private readonly PrinterColumn[] _columns = [PrinterColumn.ObjectName, .. PrinterColumns.Of(kind)];

    /// <param name="metadata">Of the list.</param>
    public JsonObject Write(JsonObject metadata, IEnumerable<JsonObject> items) =>
        new()
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = new JsonArray([.. _columns.Select(Definition)]),
            ["rows"] = new JsonArray([.. items.Select(Row)]),
        };

    /// <summary>The metadata of an object alone.</summary>
    public static JsonObject PartialMetadata(JsonObject item) =>
        new()
        {
            ["kind"] = "PartialObjectMetadata",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = item["metadata"]?.DeepClone(),
        };

    private static JsonObject Definition(PrinterColumn column) =>
        new()
        {
            ["name"] = column.Name,
            ["type"] = column.Type,
            ["format"] = column.Format,
            ["description"] = column.Description,
            ["priority"] = column.Priority,
        };

    private JsonObject Row(JsonObject item) =>
        new()
        {
            ["cells"] = new JsonArray([.. _columns.Select(column => column.Cell(item, now))]),
            ["object"] = include switch
            {
                TableObjects.None => null,
                TableObjects.Object => item.DeepClone(),
                _ => PartialMetadata(item),
            },
        };
}
