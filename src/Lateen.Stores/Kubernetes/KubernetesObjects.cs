// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Stores.Kubernetes;

/// <summary>
/// Objects of the API server as the store's, and back. Its <c>resourceVersion</c> is a number that grows, which clients may rely on
/// since Kubernetes 1.35 and which was so before.
/// </summary>
internal static class KubernetesObjects
{
    /// <summary>Fields that we do not know stay.</summary>
    /// <exception cref="JsonException">It is no object.</exception>
    public static StoredObject Of(KindSchema kind, JsonNode? content)
    {
        if (content.Member("metadata") is not JsonObject metadata || metadata.Text("name") is not { Length: > 0 } name)
            throw new JsonException($"one of {KubernetesPaths.NameOf(kind)} has no name");
        var revision = RevisionOf(content);
        metadata.Remove("resourceVersion");
        // Items of a list leave out what the list says.
        content!["apiVersion"] ??= kind.ApiVersion(kind.Versions[0]);
        content["kind"] ??= kind.Name;
        var key = new ObjectKey(kind.Group, kind.Plural, metadata.Text("namespace") ?? "", name);
        return new StoredObject(key, revision, JsonSerializer.SerializeToUtf8Bytes(content));
    }

    /// <summary>Of an object, or of a list.</summary>
    /// <exception cref="JsonException">It has none.</exception>
    public static long RevisionOf(JsonNode? content) =>
        long.TryParse(
            content.Member("metadata").Text("resourceVersion"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var revision
        )
            ? revision
            : throw new JsonException("it has no metadata.resourceVersion");

    /// <summary>The object as it is sent.</summary>
    /// <param name="revision">That it must have; 0 for one that is created.</param>
    public static byte[] ToSend(ReadOnlyMemory<byte> content, long revision)
    {
        var node = JsonNode.Parse(content.Span)!;
        if (revision > 0)
            node["metadata"]!["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        return JsonSerializer.SerializeToUtf8Bytes(node);
    }
}
