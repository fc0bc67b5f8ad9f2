// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Bookinfo;

/// <summary>
/// Calls other services, and hands on the headers that routing and tracing live by: a mesh cannot know which outgoing
/// request belongs to which incoming one.
/// </summary>
internal sealed class Downstream : IDisposable
{
    private static readonly string[] s_handedOn =
    [
        "x-request-id",
        "x-b3-traceid",
        "x-b3-spanid",
        "x-b3-parentspanid",
        "x-b3-sampled",
        "x-b3-flags",
        "b3",
        "traceparent",
        "tracestate",
        "end-user",
        "user-agent",
        "cookie",
        "authorization",
    ];

    // The proxy that the environment names is the sidecar.
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };

    public void Dispose() => _client.Dispose();

    /// <summary>Null when the service does not answer well.</summary>
    public async Task<string?> GetAsync(string url, HttpRequest cause)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var name in s_handedOn)
        {
            if (cause.Headers.TryGetValue(name, out var values))
                request.Headers.TryAddWithoutValidation(name, values.ToString());
        }
        try
        {
            using var response = await _client.SendAsync(request, cause.HttpContext.RequestAborted);
            return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync() : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}
