// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Google.Protobuf.WellKnownTypes;
using Lateen.Discovery;
using Lateen.Mesh;
using Lateen.Translation;
using Lateen.Xds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Lateen.Bench;

/// <summary>
/// An ADS server that gives every proxy the resources of a bench, for what no mesh configuration asks for yet. They may be
/// exchanged while proxies run.
/// </summary>
internal sealed class FixedControlPlane : ISnapshotSource, IAsyncDisposable
{
    private readonly Dictionary<(string Type, string Name), NamedResource> _resources = [];
    private readonly WebApplication _app;
    private XdsSnapshot _snapshot = XdsSnapshot.Empty;
    private int _versions;

    private FixedControlPlane()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(static kestrel =>
                kestrel.Listen(IPAddress.Loopback, 0, static port => port.Protocols = HttpProtocols.Http2)
            );
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ProxyRegistry>();
        builder.Services.AddSingleton<ISnapshotSource>(this);
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGrpcService<AdsService>();
    }

    /// <summary>Host and port, for <c>--discovery-address</c>.</summary>
    public string Address =>
        new Uri(
            _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        ).Authority;

    public static async Task<FixedControlPlane> StartAsync()
    {
        var controlPlane = new FixedControlPlane();
        await controlPlane._app.StartAsync();
        return controlPlane;
    }

    public XdsSnapshot SnapshotFor(ProxyNode node, out long revision)
    {
        revision = Volatile.Read(ref _versions);
        return Volatile.Read(ref _snapshot);
    }

    /// <summary>Puts resources in force, in the place of those of their names, and sends them to proxies that are connected.</summary>
    public void Publish(params ReadOnlySpan<BenchResource> resources)
    {
        foreach (var (type, name, body) in resources)
            _resources[(type, name)] = new NamedResource(name, $"{++_versions}", Any.Pack(body));
        var sets = _resources
            .GroupBy(static one => one.Key.Type, static one => one.Value)
            .Select(static one => ResourceSet.Of(one.Key, one));
        Volatile.Write(ref _snapshot, new XdsSnapshot(sets.ToList(), []));
        _app.Services.GetRequiredService<ProxyRegistry>().PushAll(TimeProvider.System.GetTimestamp());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
