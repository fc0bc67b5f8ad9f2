// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.ManagedFields;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>Whether what a client sent is of the path it was sent to, and what the API itself writes into metadata.</summary>
internal static class ObjectIdentity
{
    /// <summary>No vowels, so that no words come of it, and nothing that is easily taken for something else.</summary>
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    private const int Random = 5;
    private const int MaxGenerated = 63;

    /// <summary>What only the API sets.</summary>
    private static readonly string[] s_ours =
    [
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
    ];

    /// <summary>Completes what the path says already, and refuses what contradicts it.</summary>
    public static ApiStatus? Fit(JsonObject item, ApiTarget target)
    {
        if ((Text(item, "apiVersion"), Text(item, "kind")) is var (version, kind) && (version is null || kind is null))
            return ApiStatus.BadRequest("apiVersion and kind must be texts");
        item["apiVersion"] = version.Length == 0 ? target.ApiVersion : version;
        item["kind"] = kind.Length == 0 ? target.Kind.Name : kind;
        if (item.Text("apiVersion") != target.ApiVersion)
            return ApiStatus.BadRequest(
                $"the API version in the data ({version}) does not match the expected API version ({target.ApiVersion})"
            );
        if (item.Text("kind") != target.Kind.Name)
            return ApiStatus.BadRequest($"the kind in the data ({kind}) is not {target.Kind.Name}");
        if (item["metadata"] is not (null or JsonObject))
            return ApiStatus.BadRequest("metadata must be an object");
        return FitMetadata(item.Part("metadata"), target);
    }

    /// <summary>Makes a name of <c>generateName</c> where there is none.</summary>
    /// <returns>Whether it did, so that another one may be tried.</returns>
    public static bool Generate(JsonObject metadata)
    {
        if (metadata.Text("name") is { Length: > 0 } || metadata.Text("generateName") is not { Length: > 0 } prefix)
            return false;
        var kept = prefix.Length > MaxGenerated - Random ? prefix[..(MaxGenerated - Random)] : prefix;
        metadata["name"] = kept + RandomNumberGenerator.GetString(Letters, Random);
        return true;
    }

    public static void Create(JsonObject item, ApiTarget target, DateTimeOffset now)
    {
        var metadata = item.Part("metadata");
        foreach (var name in s_ours)
            metadata.Remove(name);
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Time(now);
        if (HasGeneration(target))
            metadata["generation"] = 1;
    }

    /// <summary>What the API set stays as it is.</summary>
    public static void Keep(JsonObject item, JsonObject before)
    {
        var (metadata, known) = (item.Part("metadata"), before.Part("metadata"));
        foreach (var name in s_ours)
        {
            if (known[name] is { } value)
                metadata[name] = value.DeepClone();
            else
                metadata.Remove(name);
        }
    }

    public static void CountGeneration(JsonObject item, ApiTarget target)
    {
        var metadata = item.Part("metadata");
        if (HasGeneration(target))
            metadata["generation"] = (metadata["generation"].AsNumber() ?? 0) + 1;
    }

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString(ManagedFieldsJson.TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Kubernetes counts for custom resources, and not for its core kinds.</summary>
    private static bool HasGeneration(ApiTarget target) => target.Kind.Group.Length > 0;

    private static ApiStatus? FitMetadata(JsonObject metadata, ApiTarget target)
    {
        // Clients write what they leave out as null, and empty is what is not there.
        metadata.RemoveWhere(static (_, value) => value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 });
        metadata.Remove("selfLink");
        foreach (var name in new[] { "name", "namespace", "generateName", "resourceVersion", "uid" })
        {
            if (Text(metadata, name) is null)
                return ApiStatus.BadRequest($"metadata.{name} must be a text");
        }
        var ns = Text(metadata, "namespace")!;
        if (ns.Length > 0 && ns != target.Namespace)
            return ApiStatus.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request"
            );
        if (target.Namespace.Length > 0)
            metadata["namespace"] = target.Namespace;
        var given = Text(metadata, "name")!;
        if (target.IsCollection || given == target.Name)
            return null;
        if (given.Length > 0)
            return ApiStatus.BadRequest(
                $"the name of the object ({given}) does not match the name on the URL ({target.Name})"
            );
        metadata["name"] = target.Name;
        return null;
    }

    /// <summary>Empty when there is none, null when it is no text.</summary>
    private static string? Text(JsonObject map, string name) => map[name] is null ? "" : map.Text(name);
}
