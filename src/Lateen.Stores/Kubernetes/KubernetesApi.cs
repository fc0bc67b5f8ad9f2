// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Stores;
using Lateen.Stores.Kubernetes.Access;

namespace Lateen.Stores.Kubernetes;

/// <summary>Requests to an API server.</summary>
internal sealed class KubernetesApi(ClusterAccess access, TimeProvider time) : IDisposable
{
    /// <summary>Longer than an API server takes for a long list; the head of an answer alone, for a watch.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    /// <summary>So long a server may have us wait before we ask again by ourselves.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);

    /// <summary>How often it may have us wait, as in client-go.</summary>
    private const int MaxWaits = 10;

    private readonly HttpClient _client = KubernetesConnection.Open(access);

    /// <summary>Asks, and returns the answer with its content.</summary>
    /// <exception cref="StoreUnavailableException">The server cannot be reached, is in trouble, or does not know us.</exception>
    public async Task<KubernetesAnswer> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte> body,
        CancellationToken stop
    )
    {
        using var answer = await AskAsync(method, path, body, HttpCompletionOption.ResponseContentRead, stop)
            .ConfigureAwait(false);
        return await ReadAsync(answer, stop).ConfigureAwait(false);
    }

    /// <summary>Opens a watch: a line of JSON for each event, where the answer is OK.</summary>
    /// <exception cref="StoreUnavailableException">The server cannot be reached, is in trouble, or does not know us.</exception>
    public Task<HttpResponseMessage> OpenAsync(string path, CancellationToken stop) =>
        AskAsync(HttpMethod.Get, path, default, HttpCompletionOption.ResponseHeadersRead, stop);

    /// <summary>The content of an answer.</summary>
    /// <exception cref="StoreUnavailableException">It breaks off, or is not what it says.</exception>
    public async Task<KubernetesAnswer> ReadAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(s_timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var content = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return answer.Content.Headers.ContentType?.MediaType == "application/json"
                ? new KubernetesAnswer(answer.StatusCode, JsonNode.Parse(content))
                : new KubernetesAnswer(answer.StatusCode, null, Encoding.UTF8.GetString(content));
        }
        catch (Exception failure)
            when (failure is HttpRequestException or IOException or JsonException
                || (failure is OperationCanceledException && !stop.IsCancellationRequested)
            )
        {
            throw Unreachable(failure);
        }
    }

    public StoreUnavailableException Unreachable(Exception failure) =>
        new($"the API server at {access.Server} does not answer: {Innermost(failure).Message}", failure);

    public void Dispose() => _client.Dispose();

    /// <summary>Asks until the server neither has us wait nor wants other credentials.</summary>
    private async Task<HttpResponseMessage> AskAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte> body,
        HttpCompletionOption completion,
        CancellationToken stop
    )
    {
        var isRenewed = false;
        for (var waits = 0; ; )
        {
            using var request = Request(method, path, body);
            var answer = await AnswerAsync(request, completion, stop).ConfigureAwait(false);
            if (
                answer.StatusCode == HttpStatusCode.Unauthorized
                && !isRenewed
                && access.Credentials.Renew(request.Headers.Authorization)
            )
            {
                isRenewed = true;
                answer.Dispose();
            }
            else if (WaitOf(answer) is { } wait && waits++ < MaxWaits)
            {
                answer.Dispose();
                await Task.Delay(wait, time, stop).ConfigureAwait(false);
            }
            else if (IsTrouble(answer.StatusCode))
            {
                using (answer)
                    throw await TroubleAsync(answer, stop).ConfigureAwait(false);
            }
            else
            {
                return answer;
            }
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(method, new Uri(access.Server, path))
        {
            Version = _client.DefaultRequestVersion,
            VersionPolicy = _client.DefaultVersionPolicy,
            Headers = { Accept = { new("application/json") }, UserAgent = { new("lateen", null) } },
        };
        // The name that is asked for in TLS is the one of this header.
        if (access.ServerName is { } name)
            request.Headers.Host = access.Server.IsDefaultPort ? name : $"{name}:{access.Server.Port}";
        foreach (var (header, value) in access.Headers)
            request.Headers.TryAddWithoutValidation(header, value);
        if (!body.IsEmpty)
            request.Content = new ReadOnlyMemoryContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        return request;
    }

    private async Task<HttpResponseMessage> AnswerAsync(
        HttpRequestMessage request,
        HttpCompletionOption completion,
        CancellationToken stop
    )
    {
        using var limit = new CancellationTokenSource(s_timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            request.Headers.Authorization = await access
                .Credentials.AuthorizationAsync(both.Token)
                .ConfigureAwait(false);
            return await _client.SendAsync(request, completion, both.Token).ConfigureAwait(false);
        }
        catch (CredentialsException failure)
        {
            throw new StoreUnavailableException(
                $"there are no credentials for the API server at {access.Server}: {failure.Message}",
                failure
            );
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(failure);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new StoreUnavailableException(
                $"the API server at {access.Server} does not answer within {s_timeout.TotalSeconds:0} s",
                late
            );
        }
    }

    /// <summary>How long the server has us wait before the same is asked once more; null where it does not.</summary>
    private static TimeSpan? WaitOf(HttpResponseMessage answer) =>
        answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
        && answer.Headers.RetryAfter?.Delta is { } wait
        && wait <= s_longestWait
            ? wait
            : null;

    private static bool IsTrouble(HttpStatusCode status) =>
        status
            is HttpStatusCode.Unauthorized
                or HttpStatusCode.TooManyRequests
                or >= HttpStatusCode.InternalServerError
                or (>= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest);

    private async Task<StoreUnavailableException> TroubleAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            return new(
                $"the API server at {access.Server} does not know us (401); check the kubeconfig or service account"
            );
        var why = (await ReadAsync(answer, stop).ConfigureAwait(false)).Message;
        return new($"the API server at {access.Server} answers {(int)answer.StatusCode}: {why}");
    }

    /// <summary>Of a connection: the outer ones say only that there is none.</summary>
    private static Exception Innermost(Exception failure) =>
        failure.InnerException is (IOException or AuthenticationException) and var inner ? inner : failure;
}
