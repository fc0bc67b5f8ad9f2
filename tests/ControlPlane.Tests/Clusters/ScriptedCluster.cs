// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;
using Lateen.Stores.Kubernetes.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ControlPlane.Tests.Clusters;

/// <summary>
/// As much of a kube-apiserver as a store meets, with its very answers: TLS with an authority of its own, lists in pages, watches with bookmarks,
/// statuses as a part, refusals as Status. A test scripts what is not as usual.
/// </summary>
internal sealed class ScriptedCluster : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private ScriptedCluster(IPAddress address, string[] names)
    {
        _certificate = Authority.Server(names);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.Zero);
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
                kestrel.Listen(
                    address,
                    0,
                    listen =>
                        listen.UseHttps(
                            new HttpsConnectionAdapterOptions
                            {
                                ServerCertificate = _certificate,
                                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                                ClientCertificateValidation = (certificate, _, _) =>
                                    certificate.Issuer == _certificate.Issuer,
                                OnAuthenticate = (_, tls) => tls.AllowTlsResume = false,
                            }
                        )
                )
            );
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public TestAuthority Authority { get; } = new();

    /// <summary>What is in it.</summary>
    public ClusterObjects Objects { get; } = new();

    /// <summary>What it was asked.</summary>
    public Sightings<ClusterRequest> Asked { get; } = new();

    /// <summary>Watches that began: what happens from now on they are told of.</summary>
    public Sightings<ClusterRequest> Watching { get; } = new();

    /// <summary>Answers in its place; true when it has.</summary>
    public Func<ClusterRequest, HttpContext, Task<bool>> Script { get; set; } = static (_, _) => Task.FromResult(false);

    /// <summary>Whether it knows who asks.</summary>
    public Func<ClusterRequest, bool> Knows { get; set; } = static _ => true;

    /// <summary>Whether who asks has the right to.</summary>
    public Func<ClusterRequest, bool> Allows { get; set; } = static _ => true;

    public Uri Address { get; private set; } = null!;

    /// <summary>The way to it of somebody in particular.</summary>
    public ClusterAccess Access
    {
        get
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(Authority.Pem);
            return new ClusterAccess(Address) { Authorities = authorities };
        }
    }

    /// <param name="kinds">Those that it has, in their first version.</param>
    public static Task<ScriptedCluster> StartAsync(params string[] kinds) => StartAsync(IPAddress.Loopback, [], kinds);

    public static async Task<ScriptedCluster> StartAsync(IPAddress address, string[] names, params string[] kinds)
    {
        var cluster = new ScriptedCluster(address, names);
        foreach (var kind in kinds)
            cluster.Objects.Install(Kind(kind));
        await cluster._app.StartAsync(TestContext.Current.CancellationToken);
        var bound = cluster._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        cluster.Address = new Uri(bound.Addresses.Single());
        return cluster;
    }

    /// <summary>By its name; where there are several, ours.</summary>
    public static KindSchema Kind(string name) => KindCatalogue.FindByName(name)!;

    public async ValueTask DisposeAsync()
    {
        Objects.EndWatches();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _certificate.Dispose();
        Authority.Dispose();
    }

    private async Task ServeAsync(HttpContext http)
    {
        if (ClusterRequest.Of(http) is not { } request)
        {
            await ClusterStatus.NoPathAsync(http);
            return;
        }
        // Before anybody hears of it: who waits for a request may act at once on what comes of it.
        var isKnown = Knows(request);
        Asked.Add(request);
        if (await Script(request, http))
            return;
        if (!isKnown)
            await ClusterStatus.WriteAsync(http, ClusterStatus.Of(401, "Unauthorized", "Unauthorized"));
        else if (!Allows(request))
            await ClusterStatus.WriteAsync(http, ClusterStatus.Forbidden(request));
        else if (!Objects.Has(request))
            await ClusterStatus.NoPathAsync(http);
        else
            await AnswerAsync(request, http);
    }

    private async Task AnswerAsync(ClusterRequest request, HttpContext http)
    {
        switch (request.Verb)
        {
            case "watch":
                await WatchAsync(request, http);
                break;
            case "list":
                await ClusterStatus.WriteAsync(http, 200, Objects.List(request));
                break;
            default:
                var body = http.Request.ContentLength is null or 0
                    ? null
                    : await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
                var (code, answer) = Objects.Answer(request, body as JsonObject);
                await ClusterStatus.WriteAsync(http, code, answer);
                break;
        }
    }

    private async Task WatchAsync(ClusterRequest request, HttpContext http)
    {
        var since = long.Parse(request.Parameter("resourceVersion"), CultureInfo.InvariantCulture);
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        await foreach (var line in Objects.WatchAsync(request, since, () => Watching.Add(request), http.RequestAborted))
        {
            if (line is null)
            {
                // Its connection breaks.
                http.Abort();
                return;
            }
            await http.Response.WriteAsync(line + "\n", http.RequestAborted);
        }
    }
}
