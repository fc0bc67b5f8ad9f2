// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lateen.Cli.Resources;

/// <summary>Speaks with a resource API. What it warns of goes to errors, as with kubectl.</summary>
internal sealed class ApiClient : IDisposable
{
    public const string Json = "application/json";
    public const string ApplyPatch = "application/apply-patch+yaml";
    public const string MergePatch = "application/merge-patch+json";
    public const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";

    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(60);

    private readonly ApiAddress _address;
    private readonly TextWriter _errors;
    private readonly HttpClient _http;

    public ApiClient(ApiAddress address, CommandConsole console)
    {
        _address = address;
        _errors = console.Error;
        var handler = new SocketsHttpHandler { ConnectTimeout = s_connect, UseProxy = !address.Server.IsLoopback };
        if (address.Authorities.Length > 0)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPem(address.Authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }
        if (address.Certificate is { } certificate)
            handler.SslOptions.ClientCertificates = [certificate];
        _http = new HttpClient(handler) { BaseAddress = address.Server, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("lateen", "1"));
        if (address.Token.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", address.Token);
    }

    public Task<ApiAnswer> GetAsync(string path, CancellationToken stop, string accept = Json) =>
        SendAsync(HttpMethod.Get, path, null, Json, accept, stop);

    public Task<ApiAnswer> DeleteAsync(string path, CancellationToken stop) =>
        SendAsync(HttpMethod.Delete, path, null, Json, Json, stop);

    /// <param name="type">What kind of patch it is.</param>
    public Task<ApiAnswer> PatchAsync(string path, JsonObject patch, string type, CancellationToken stop) =>
        SendAsync(HttpMethod.Patch, path, patch, type, Json, stop);

    /// <summary>Lines of an answer without an end; null where the request was refused instead.</summary>
    public async Task<(ApiAnswer? Refusal, StreamReader? Lines)> StreamAsync(
        string path,
        string accept,
        CancellationToken stop
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await ReachAsync(request, stop, stop).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            return (await ReadAsync(response, stop).ConfigureAwait(false), null);
        var body = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        return (null, new StreamReader(body));
    }

    public void Dispose() => _http.Dispose();

    private async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string path,
        JsonNode? body,
        string type,
        string accept,
        CancellationToken stop
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        using var timeout = new CancellationTokenSource(s_answer);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        using var response = await ReachAsync(request, either.Token, stop).ConfigureAwait(false);
        return await ReadAsync(response, either.Token).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> ReachAsync(
        HttpRequestMessage request,
        CancellationToken limit,
        CancellationToken stop
    )
    {
        try
        {
            return await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit)
                .ConfigureAwait(false);
        }
        catch (HttpRequestException failure) when (failure.InnerException is AuthenticationException distrust)
        {
            throw new CommandFailure(
                ExitCode.Unavailable,
                $"there is no trust between here and {_address.Server} ({OneLine(distrust.Message)}); give --kubeconfig, or "
                    + "--certificate-authority with who issued its certificate"
            );
        }
        catch (Exception failure)
            when (failure is HttpRequestException
                || (failure is OperationCanceledException && !stop.IsCancellationRequested)
            )
        {
            throw new CommandFailure(
                ExitCode.Unavailable,
                $"no resource API answers at {_address.Server} ({OneLine(failure.Message)}); start one with lateen up or "
                    + "lateen serve, or name another with --server"
            );
        }
    }

    private async Task<ApiAnswer> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        if (response.Headers.TryGetValues("Warning", out var warnings))
        {
            foreach (var warning in warnings)
                await _errors.WriteLineAsync($"Warning: {Unquoted(warning)}").ConfigureAwait(false);
        }
        var body = await response.Content.ReadAsStringAsync(stop).ConfigureAwait(false);
        try
        {
            if (JsonNode.Parse(body) is JsonObject read)
                return new ApiAnswer((int)response.StatusCode, read);
        }
        catch (JsonException)
        {
            // Told below: somebody else answers there.
        }
        throw new CommandFailure(
            ExitCode.Failure,
            $"{_address.Server} answers {(int)response.StatusCode}, and not as a resource API; check --server"
        );
    }

    /// <summary>The text of a warning: <c>299 - "text"</c>.</summary>
    private static string Unquoted(string warning)
    {
        var start = warning.IndexOf('"', StringComparison.Ordinal);
        var end = warning.LastIndexOf('"');
        return start < end
            ? warning[(start + 1)..end]
                .Replace("\\\"", "\"", StringComparison.Ordinal)
                .Replace(@"\\", @"\", StringComparison.Ordinal)
            : warning;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.');
}
