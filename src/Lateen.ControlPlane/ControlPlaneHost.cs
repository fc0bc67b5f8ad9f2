// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using Lateen.Config.Sources;
using Lateen.ControlPlane.Debug;
using Lateen.ControlPlane.Logging;
using Lateen.ControlPlane.ResourceApi;
using Lateen.ControlPlane.Statuses;
using Lateen.ControlPlane.Statuses.Sharing;
using Lateen.Discovery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane;

/// <summary>A whole control plane in one process: configuration, mesh, xDS, resource API, debug endpoints.</summary>
public sealed partial class ControlPlaneHost : IAsyncDisposable
{
    /// <summary>As Envoy's and istiod's limit for one message.</summary>
    private const int MaxMessage = 4 * 1024 * 1024;

    /// <summary>As istiod; Kestrel itself stops at 100.</summary>
    private const int MaxStreams = 100_000;

    // How a proxy that vanished without a word is found out (istiod: 30 s, 10 s).
    private static readonly TimeSpan s_keepAliveInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_keepAliveTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly ControlPlaneOptions _options;
    private readonly ResourceApiServer? _api;

    /// <exception cref="DirectoryNotFoundException">A configuration path does not exist.</exception>
    /// <exception cref="IOException">A file of the resource API cannot be read or written.</exception>
    /// <exception cref="CryptographicException">A certificate or key of the resource API is none.</exception>
    /// <exception cref="FormatException">The resource API's file of tokens has a line that is none.</exception>
    public ControlPlaneHost(ControlPlaneOptions options, TimeProvider time, Action<ILoggingBuilder>? logging = null)
    {
        _options = options;
        // Empty: neither environment nor files may change what the options say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        (logging ?? LineConsole.AddTo)(builder.Logging);
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(time);
        services.AddSingleton(options.Mesh);
        services.AddSingleton<ProxyRegistry>();
        services.AddSingleton<MeshState>();
        services.AddSingleton<ISnapshotSource>(static provider => provider.GetRequiredService<MeshState>());
        services.AddSingleton<ConfigWatch>();
        services.AddHostedService(static provider => provider.GetRequiredService<ConfigWatch>());
        services.AddSingleton<ConfigHistory>();
        if (options.Store is not null)
        {
            services.AddSingleton<ReferenceAdvice>();
            services.AddSingleton<ControlPlanePeers>();
            // Services end in the reverse order: the writer, then what it holds is given back.
            services.AddHostedService(static provider => provider.GetRequiredService<ControlPlanePeers>());
            if (options.WritesStatus)
                services.AddHostedService<StatusWriter>();
        }
        services.AddSingleton<DebugPages>();
        services.AddSingleton<MetricsPage>();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = MaxMessage);
        services.AddRoutingCore();
        services.AddSingleton<IHostLifetime, CallerLifetime>();
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = s_shutdown);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGrpcService<AdsService>();
        DebugEndpoints.Map(_app);
        // Built now, so that a bad path is told before anything runs.
        _app.Services.GetRequiredService<ConfigWatch>();
        if (options.Api.Listen.Count > 0)
            _api = new ResourceApiServer(
                options.Api,
                options.Store ?? throw new ArgumentException("the resource API needs a store", nameof(options)),
                time,
                _app.Services.GetRequiredService<ReferenceAdvice>(),
                logging
            );
    }

    /// <summary>The configuration that it follows.</summary>
    public ConfigSource Config => _app.Services.GetRequiredService<ConfigWatch>().Source;

    public MeshState Mesh => _app.Services.GetRequiredService<MeshState>();

    public ProxyRegistry Proxies => _app.Services.GetRequiredService<ProxyRegistry>();

    /// <summary>Where it listens, in the order xDS, monitoring, debug.</summary>
    public IReadOnlyList<IPEndPoint> Addresses =>
        _app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(static address => IPEndPoint.Parse(new Uri(address).Authority))
            .ToList();

    /// <summary>Where the resource API listens, in the order of its options.</summary>
    public IReadOnlyList<IPEndPoint> ApiAddresses => _api?.Addresses ?? [];

    /// <exception cref="IOException">A port is taken.</exception>
    public async Task StartAsync(CancellationToken stop)
    {
        await _app.StartAsync(stop).ConfigureAwait(false);
        if (_api is not null)
            await _api.StartAsync(stop).ConfigureAwait(false);
        var log = _app.Services.GetRequiredService<ILogger<ControlPlaneHost>>();
        var at = Addresses;
        LogListening(log, at[0], at[1], at.ElementAtOrDefault(2));
    }

    public async Task StopAsync()
    {
        if (_api is not null)
            await _api.StopAsync().ConfigureAwait(false);
        await _app.StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.Limits.Http2.KeepAlivePingDelay = s_keepAliveInterval;
        kestrel.Limits.Http2.KeepAlivePingTimeout = s_keepAliveTimeout;
        kestrel.Listen(_options.Bind, _options.XdsPort, static port => port.Protocols = HttpProtocols.Http2);
        kestrel.Listen(_options.Bind, _options.MonitoringPort, static port => port.Protocols = HttpProtocols.Http1);
        if (_options.DebugPort is { } debug)
            kestrel.Listen(_options.Bind, debug, static port => port.Protocols = HttpProtocols.Http1);
    }

    [LoggerMessage(LogLevel.Information, "xDS at {Xds}, metrics and debug pages at {Monitoring}, readiness at {Debug}")]
    private static partial void LogListening(ILogger log, IPEndPoint xds, IPEndPoint monitoring, IPEndPoint? debug);
}
