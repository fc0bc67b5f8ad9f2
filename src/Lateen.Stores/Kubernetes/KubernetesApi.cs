// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Lateen.Config.Stores;

namespace Lateen.Stores.Kubernetes;

/// <summary>Requests to an API server. The client library finds it and says who we are; what is asked is ours.</summary>
internal sealed class KubernetesApi(KubernetesClientConfiguration configuration) : IDisposable
{
    /// <summary>Longer than an API server takes for a long list; the head of an answer alone, for a watch.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly k8s.Kubernetes _client = new(configuration);

    /// <summary>Asks, and returns the answer whatever its status; its content when <paramref name="isStream"/> is false.</summary>
    /// <exception cref="StoreUnavailableException">The server cannot be reached, is in trouble, or does not let us.</exception>
    public async Task<KubernetesAnswer> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte> body,
        CancellationToken stop
    )
    {
        using var request = Request(method, path);
        if (!body.IsEmpty)
            request.Content = new ReadOnlyMemoryContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        try
        {
            using var answer = await SendAsync(request, HttpCompletionOption.ResponseContentRead, stop)
                .ConfigureAwait(false);
            var content = await answer.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
            return new KubernetesAnswer(answer.StatusCode, content.Length == 0 ? null : JsonNode.Parse(content));
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException)
        {
            throw Unreachable(failure);
        }
    }

    /// <summary>Opens a watch: a line of JSON for each event.</summary>
    /// <exception cref="StoreUnavailableException">The server cannot be reached, is in trouble, or does not let us.</exception>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken stop)
    {
        using var request = Request(HttpMethod.Get, path);
        try
        {
            return await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(failure);
        }
    }

    public StoreUnavailableException Unreachable(Exception failure) =>
        new($"the API server at {_client.BaseUri} does not answer: {failure.Message}", failure);

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path) =>
        new(method, new Uri(_client.BaseUri, path)) { Headers = { Accept = { new("application/json") } } };

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        HttpCompletionOption completion,
        CancellationToken stop
    )
    {
        var answer = await AnswerAsync(request, completion, stop).ConfigureAwait(false);
        if (Trouble(answer.StatusCode, request) is not { } trouble)
            return answer;
        answer.Dispose();
        throw new StoreUnavailableException(trouble);
    }

    private async Task<HttpResponseMessage> AnswerAsync(
        HttpRequestMessage request,
        HttpCompletionOption completion,
        CancellationToken stop
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_timeout);
        try
        {
            if (_client.Credentials is { } credentials)
                await credentials.ProcessHttpRequestAsync(request, limit.Token).ConfigureAwait(false);
            return await _client.HttpClient.SendAsync(request, completion, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new StoreUnavailableException(
                $"the API server at {_client.BaseUri} does not answer within {s_timeout.TotalSeconds:0} s",
                late
            );
        }
    }

    private string? Trouble(HttpStatusCode status, HttpRequestMessage request) =>
        status switch
        {
            HttpStatusCode.Unauthorized =>
                $"the API server at {_client.BaseUri} does not know us (401); check the kubeconfig or service account",
            HttpStatusCode.Forbidden =>
                $"{request.Method} {request.RequestUri!.AbsolutePath} is forbidden (403); give the control plane's role that right",
            HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                $"the API server at {_client.BaseUri} answers {(int)status}",
            _ => null,
        };
}

/// <summary>An answer of the API server.</summary>
internal sealed record KubernetesAnswer(HttpStatusCode Status, JsonNode? Content);
