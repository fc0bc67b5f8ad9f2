// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace DataPlane.Tests.Swaps;

/// <summary>Kestrel that serves only clients with a certificate of an authority it trusts, and remembers which it saw.</summary>
internal sealed class MutualUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Identities _identities;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _seen = new(StringComparer.Ordinal);
    private long _served;

    private MutualUpstream(WebApplication app, Identities identities)
    {
        _app = app;
        _identities = identities;
    }

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>Requests that were answered.</summary>
    public long Served => Interlocked.Read(ref _served);

    public static async Task<MutualUpstream> StartAsync(Identities identities)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        MutualUpstream? upstream = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(
                        new TlsHandshakeCallbackOptions
                        {
                            OnConnection = _ => ValueTask.FromResult(upstream!.Options()),
                        }
                    );
                }
            )
        );
        upstream = new MutualUpstream(builder.Build(), identities);
        upstream._app.Run(upstream.AnswerAsync);
        await upstream._app.StartAsync();
        return upstream;
    }

    /// <summary>Completes once a client has shown the certificate of a serial.</summary>
    public Task SawAsync(string serial) => Seen(serial).Task;

    public bool Saw(string serial) => Seen(serial).Task.IsCompleted;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private TaskCompletionSource Seen(string serial) =>
        _seen.GetOrAdd(serial, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private SslServerAuthenticationOptions Options() =>
        new()
        {
            ServerCertificate = _identities.Upstream,
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                if (certificate is not X509Certificate2 client || !_identities.Trusts(client))
                    return false;
                Seen(client.SerialNumber).TrySetResult();
                return true;
            },
        };

    private async Task AnswerAsync(HttpContext context)
    {
        var length = 0;
        var buffer = new byte[4096];
        for (int got; (got = await context.Request.Body.ReadAsync(buffer)) > 0; )
            length += got;
        Interlocked.Increment(ref _served);
        await context.Response.WriteAsync($"{length}");
    }
}
