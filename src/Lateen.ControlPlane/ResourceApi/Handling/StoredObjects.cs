// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>Objects between the store, which keeps bytes and revisions, and clients, who see resource versions and ask in any version.</summary>
internal static class StoredObjects
{
    private const string Metadata = "metadata";
    private const string ResourceVersion = "resourceVersion";

    /// <summary>The object as a client of the version sees it.</summary>
    public static JsonObject Read(StoredObject stored, ApiTarget target) => Read(stored, target.ApiVersion);

    public static JsonObject Read(StoredObject stored, string apiVersion)
    {
        var item = JsonNode.Parse(stored.Content.Span)!.AsObject();
        item["apiVersion"] = apiVersion;
        item.Part(Metadata)[ResourceVersion] = Text(stored.Revision);
        return item;
    }

    /// <summary>The object as it is kept: in the version that is stored, without its resource version.</summary>
    public static byte[] Write(JsonObject item, KindSchema kind)
    {
        var kept = item.DeepClone().AsObject();
        kept["apiVersion"] = kind.ApiVersion(kind.Versions[0]);
        kept.Part(Metadata).Remove(ResourceVersion);
        return ResponseBody.Json(kept);
    }

    public static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null for a text that no store has given.</summary>
    public static long? Revision(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null;

    public static Func<string, string?> LabelsOf(JsonObject item) =>
        item.Member(Metadata).Member("labels") is JsonObject labels ? labels.Text : static _ => null;
}
