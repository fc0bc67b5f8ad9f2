// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.Tables;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>Objects in the form that a client asked for: themselves, rows of a table, their metadata alone.</summary>
internal sealed class ObjectView(ApiTarget target, ResponseForm form, TableObjects include, TimeProvider time)
{
    public JsonObject Of(ObjectList list)
    {
        var metadata = new JsonObject { ["resourceVersion"] = StoredObjects.Text(list.Revision) };
        if (list.Continue.Length > 0)
            metadata["continue"] = list.Continue;
        return form.As switch
        {
            ResponseForm.Table => Table(metadata, list.Items),
            ResponseForm.PartialMetadataList or ResponseForm.PartialMetadata => List(
                "PartialObjectMetadataList",
                "meta.k8s.io/v1",
                metadata,
                list.Items.Select(ObjectTable.PartialMetadata)
            ),
            _ => List($"{target.Kind.Name}List", target.ApiVersion, metadata, list.Items),
        };
    }

    /// <param name="item">An object; a status stays what it is.</param>
    public JsonObject Of(JsonObject item) =>
        (form.As, item.Text("kind") == target.Kind.Name) switch
        {
            (ResponseForm.Table, true) => Table(RevisionOf(item), [item]),
            (ResponseForm.PartialMetadata or ResponseForm.PartialMetadataList, true) => ObjectTable.PartialMetadata(
                item
            ),
            _ => item,
        };

    /// <summary>An event of a watch. A table has its columns in the first one alone.</summary>
    public JsonObject Of(WatchEvent told, bool isFirst)
    {
        var item = told.IsChange || told.Type == WatchEvent.Bookmark ? Of(told.Object) : told.Object;
        if (form.As == ResponseForm.Table && told.Type == WatchEvent.Bookmark)
            item = Table(RevisionOf(told.Object), []);
        if (form.As == ResponseForm.Table && !isFirst && item.Text("kind") == "Table")
            item["columnDefinitions"] = null;
        return new JsonObject { ["type"] = told.Type, ["object"] = item };
    }

    private JsonObject Table(JsonObject metadata, IEnumerable<JsonObject> items) =>
        new ObjectTable(target.Kind, include, time.GetUtcNow()).Write(metadata, items);

    private static JsonObject RevisionOf(JsonObject item) =>
        new() { ["resourceVersion"] = item.Member("metadata").Text("resourceVersion") };

    private static JsonObject List(
        string kind,
        string apiVersion,
        JsonObject metadata,
        IEnumerable<JsonObject> items
    ) =>
        new()
        {
            ["kind"] = kind,
            ["apiVersion"] = apiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. items]),
        };
}
