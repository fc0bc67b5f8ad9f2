// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Yaml;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>Writes answers: JSON or YAML, compressed where they are long and the client takes it.</summary>
internal static class ResponseBody
{
    /// <summary>Shorter ones are sent as they are (Kubernetes).</summary>
    private const int MinCompressed = 128 * 1024;

    /// <summary>Of one warning, in characters; Kubernetes cuts them so that headers stay small.</summary>
    private const int MaxWarning = 256;

    /// <summary>Of all warnings of an answer.</summary>
    private const int MaxWarnings = 4096;

    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonWriterOptions s_pretty = s_options with { Indented = true };

    public static Task WriteAsync(HttpContext http, ApiStatus status, ResponseForm form)
    {
        if (status.RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (status.Code == 401)
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"lateen\"";
        return WriteAsync(http, status.Code, status.ToJson(), form);
    }

    public static Task WriteAsync(HttpContext http, int code, JsonNode body, ResponseForm form) =>
        WriteAsync(
            http,
            code,
            form.IsYaml ? Encoding.UTF8.GetBytes(YamlWriter.Write(body)) : Json(body, IsPretty(http.Request)),
            form.MediaType
        );

    public static async Task WriteAsync(HttpContext http, int code, ReadOnlyMemory<byte> body, string mediaType)
    {
        var response = http.Response;
        response.StatusCode = code;
        response.ContentType = mediaType;
        response.Headers.CacheControl = "no-cache, private";
        if (body.Length < MinCompressed || !TakesGzip(http.Request))
        {
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
            return;
        }
        response.Headers.ContentEncoding = "gzip";
        response.Headers.Vary = "Accept-Encoding";
        var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
            await gzip.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Each as RFC 7234 §5.5 has it; clients show them to people.</summary>
    public static void AddWarnings(HttpResponse response, IEnumerable<string> warnings)
    {
        var left = MaxWarnings;
        foreach (var warning in warnings)
        {
            var text = warning.Length > MaxWarning ? $"{warning[..MaxWarning]}..." : warning;
            left -= text.Length;
            if (left < 0)
                return;
            var quoted = new StringBuilder();
            foreach (var c in text)
                quoted.Append(c is '"' or '\\' ? "\\" : "").Append(c is >= ' ' and < '\x7f' ? c : '?');
            response.Headers.Append("Warning", $"299 - \"{quoted}\"");
        }
    }

    /// <summary>In one line.</summary>
    public static byte[] Json(JsonNode body, bool isPretty = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, isPretty ? s_pretty : s_options))
            body.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsPretty(HttpRequest request) => request.Query["pretty"].ToString() is "true" or "1";

    private static bool TakesGzip(HttpRequest request) =>
        request
            .Headers.AcceptEncoding.ToString()
            .Split(',')
            .Any(static coding =>
                coding.Split(';') is [var name, .. var rest]
                && name.Trim() is "gzip"
                && !rest.Any(static weight => weight.Trim() is "q=0" or "q=0.0")
            );
}
