// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.ResourceApi;

/// <summary>The API behind TLS, with its keys in a directory of its own.</summary>
internal sealed class SecuredApi : IAsyncDisposable
{
    private readonly ResourceApiServer _server;
    private readonly string _authority;

    public SecuredApi(
        string directory,
        TimeProvider? time = null,
        Func<ResourceApiOptions, ResourceApiOptions>? change = null
    )
    {
        var options = new ResourceApiOptions
        {
            Listen = [new ApiListen(new IPEndPoint(IPAddress.Loopback, 0), IsPlaintext: false)],
            DataDirectory = directory,
        };
        options = change?.Invoke(options) ?? options;
        _authority = options.CertificatePath ?? Path.Combine(directory, "api", "ca.crt");
        _server = new ResourceApiServer(
            options,
            new MemoryStore(),
            time ?? TimeProvider.System,
            static logging => logging.ClearProviders()
        );
    }

    public Uri Address => new($"https://{_server.Addresses[0]}");

    public async Task<SecuredApi> StartAsync()
    {
        await _server.StartAsync(TestContext.Current.CancellationToken);
        await _server.Ready;
        return this;
    }

    /// <summary>Asks with what the caller has to show; the code, or 0 where there was no connection.</summary>
    public async Task<int> AskAsync(
        string path,
        string? token = null,
        X509Certificate2? certificate = null,
        string method = "GET",
        string? body = null
    )
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(_authority);
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        using var client = new HttpClient(handler) { BaseAddress = Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", token);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        try
        {
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
