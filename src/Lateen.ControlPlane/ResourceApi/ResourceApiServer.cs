// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using Lateen.Config.Stores;
using Lateen.ControlPlane.Logging;
using Lateen.ControlPlane.ResourceApi.Http;
using Lateen.ControlPlane.ResourceApi.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane.ResourceApi;

/// <summary>The resource API: Kubernetes' conventions over a store, so that <c>kubectl</c> works with it.</summary>
public sealed partial class ResourceApiServer : IAsyncDisposable
{
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(2);

    private readonly ResourceApiOptions _options;
    private readonly FileAuthenticator? _authenticator;
    private readonly ApiComposition _api;
    private readonly WebApplication _app;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;

    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="CryptographicException">A certificate or key is none.</exception>
    /// <exception cref="FormatException">The file of tokens has a line that is none.</exception>
    public ResourceApiServer(
        ResourceApiOptions options,
        IResourceStore store,
        TimeProvider time,
        Action<ILoggingBuilder>? logging = null
    )
        : this(options, store, time, advice: null, logging) { }

    /// <param name="advice">Null where no configuration is at hand.</param>
    internal ResourceApiServer(
        ResourceApiOptions options,
        IResourceStore store,
        TimeProvider time,
        ReferenceAdvice? advice,
        Action<ILoggingBuilder>? logging
    )
    {
        _options = options;
        // Keys are made only where somebody may ask for them.
        if (options.Listen.Any(static listen => !listen.IsPlaintext))
            _authenticator = new FileAuthenticator(options, time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(time);
        (logging ?? LineConsole.AddTo)(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = s_shutdown);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        _app = builder.Build();
        _log = _app.Services.GetRequiredService<ILogger<ResourceApiServer>>();
        _api = new ApiComposition(
            store,
            time,
            _authenticator,
            _app.Services.GetRequiredService<ILoggerFactory>(),
            _stopping.Token,
            advice
        );
        _app.Run(_api.HandleAsync);
    }

    /// <summary>Where it listens, in the order of the options.</summary>
    public IReadOnlyList<IPEndPoint> Addresses =>
        _app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(static address => IPEndPoint.Parse(new Uri(address).Authority))
            .ToList();

    /// <summary>Completes once the store was reached and the standing namespaces are in it.</summary>
    public Task Ready => _starting;

    /// <exception cref="IOException">A port is taken.</exception>
    public async Task StartAsync(CancellationToken stop)
    {
        await _app.StartAsync(stop).ConfigureAwait(false);
        _starting = _api.PrepareAsync(_stopping.Token);
        for (var i = 0; i < _options.Listen.Count; i++)
        {
            var isPlaintext = _options.Listen[i].IsPlaintext;
            LogListening(_log, isPlaintext ? "http" : "https", Addresses[i]);
            if (!isPlaintext && _authenticator is not null)
                LogKubeconfig(_log, _authenticator.WriteKubeconfig(Addresses[i]));
        }
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _authenticator?.Dispose();
        _stopping.Dispose();
    }

    private void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = RequestBody.MaxBytes + 1;
        foreach (var listen in _options.Listen)
        {
            kestrel.Listen(
                listen.Address,
                port =>
                {
                    if (listen.IsPlaintext && !IPAddress.IsLoopback(listen.Address.Address))
                        throw new InvalidOperationException($"{listen.Address} would let anybody in");
                    port.Protocols = listen.IsPlaintext ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                    if (!listen.IsPlaintext)
                        port.UseHttps(Tls(_authenticator!));
                }
            );
        }
    }

    private static HttpsConnectionAdapterOptions Tls(FileAuthenticator authenticator) =>
        new()
        {
            ServerCertificate = authenticator.ServerCertificate,
            ServerCertificateChain = authenticator.ServerChain,
            SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            // Whoever shows a certificate that we cannot trust is not let in, and not taken for nobody.
            ClientCertificateValidation = (certificate, _, _) => authenticator.IsTrusted(certificate),
        };

    [LoggerMessage(LogLevel.Information, "Resource API at {Scheme}://{Address}")]
    private static partial void LogListening(ILogger log, string scheme, IPEndPoint address);

    [LoggerMessage(LogLevel.Information, "kubectl --kubeconfig {Path} is the administrator")]
    private static partial void LogKubeconfig(ILogger log, string path);
}
