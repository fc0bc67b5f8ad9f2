// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.ControlPlane.ResourceApi.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>What a client sent.</summary>
internal static class RequestBody
{
    /// <summary>As Kubernetes' API server.</summary>
    public const int MaxBytes = 3 * 1024 * 1024;

    public const string JsonPatch = "application/json-patch+json";
    public const string MergePatch = "application/merge-patch+json";
    public const string StrategicMergePatch = "application/strategic-merge-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";

    private static readonly string[] s_objects = [ResponseForm.Json, ResponseForm.Yaml];

    /// <summary>The media type of the body, without its parameters; empty where nothing was said.</summary>
    public static string MediaType(HttpRequest request) =>
        (request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();

    /// <summary>An object, or options, in JSON or YAML.</summary>
    public static async Task<Outcome<ObjectText>> ReadAsync(
        HttpRequest request,
        ApiTarget target,
        CancellationToken stop
    )
    {
        var type = MediaType(request);
        if (type == KubernetesProtobuf.MediaType && target.Kind.Group.Length == 0)
        {
            return (await BytesAsync(request, stop).ConfigureAwait(false)).Is(out var bytes, out var failure)
                ? Readable(KubernetesProtobuf.Read(bytes))
                : failure;
        }
        if (type.Length > 0 && !s_objects.Contains(type))
            return ApiStatus.UnsupportedMediaType(type, s_objects);
        return await ReadAsync(request, type == ResponseForm.Yaml, stop).ConfigureAwait(false);
    }

    /// <summary>A patch; its media type has been looked at.</summary>
    public static async Task<Outcome<ObjectText>> ReadAsync(HttpRequest request, bool isYaml, CancellationToken stop)
    {
        if (!(await BytesAsync(request, stop).ConfigureAwait(false)).Is(out var bytes, out var failure))
            return failure;
        return Readable(isYaml ? ObjectText.FromYaml(bytes) : ObjectText.FromJson(bytes));
    }

    /// <summary>The options of a deletion; null where there is no body.</summary>
    public static async Task<Outcome<DeleteOptions>> ReadDeleteOptionsAsync(HttpRequest request, CancellationToken stop)
    {
        if (!(await BytesAsync(request, stop).ConfigureAwait(false)).Is(out var bytes, out var failure))
            return failure;
        if (bytes.Length == 0)
            return DeleteOptions.Read(request.Query, null);
        var type = MediaType(request);
        if (type.Length > 0 && !s_objects.Contains(type))
            return ApiStatus.UnsupportedMediaType(type, s_objects);
        var text = type == ResponseForm.Yaml ? ObjectText.FromYaml(bytes) : ObjectText.FromJson(bytes);
        return text.Problem.Length > 0
            ? ApiStatus.BadRequest($"the body cannot be read: {text.Problem}")
            : DeleteOptions.Read(request.Query, text.Value ?? new JsonObject());
    }

    private static Outcome<ObjectText> Readable(ObjectText text) =>
        text.Problem.Length > 0 ? ApiStatus.BadRequest($"the body cannot be read: {text.Problem}") : text;

    private static async Task<Outcome<byte[]>> BytesAsync(HttpRequest request, CancellationToken stop)
    {
        if (request.ContentLength > MaxBytes)
            return ApiStatus.TooLarge(MaxBytes);
        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding and not "identity")
            return ApiStatus.UnsupportedMediaType(coding, "identity");
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer, stop).ConfigureAwait(false);
            if (read == 0)
                return bytes.ToArray();
            if (bytes.Length + read > MaxBytes)
                return ApiStatus.TooLarge(MaxBytes);
            await bytes.WriteAsync(buffer.AsMemory(0, read), stop).ConfigureAwait(false);
        }
    }
}
