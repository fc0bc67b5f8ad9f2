// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Core;
using Lateen.Http;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;
using Lateen.Translation;
using Lateen.Xds;

namespace ControlPlane.Tests.Simulation;

/// <summary>The real proxy's configuration, loaded with translated resources and asked instead of connected to.</summary>
internal sealed class SimulatedProxy : IDisposable
{
    private readonly ProxyTelemetry _telemetry = new(1, WorkloadLabels.Nobody);
    private readonly Published<ProxyRuntime> _runtime = new(ProxyRuntime.Empty);

    public SimulatedProxy(XdsSnapshot xds)
    {
        var store = new ConfigStore(_runtime, _telemetry);
        foreach (var set in xds.Sets)
        {
            if (set.TypeUrl != TypeUrls.Secret)
                Rejections.AddRange(
                    store.Apply(new ResourceUpdate(set.TypeUrl, set.Version, set.Resources, [], IsWhole: true))
                );
        }
        IsReady = store.IsReady;
    }

    public void Dispose() => _telemetry.Dispose();

    /// <summary>Resources that the proxy refuses.</summary>
    public List<ResourceRejection> Rejections { get; } = [];

    /// <summary>Whether everything is in force, nothing waits.</summary>
    public bool IsReady { get; }

    public ProxyRuntime Runtime => _runtime.Current;

    /// <summary>The route a request takes in a listener; null for none (404).</summary>
    /// <param name="request">As <c>GET host/path</c>.</param>
    /// <param name="headers">As <c>name: value</c>.</param>
    public RouteEntry? RouteOf(string listener, string request, params string[] headers)
    {
        var space = request.IndexOf(' ');
        var slash = request.IndexOf('/');
        var head = new RequestHead();
        head.SetMethod(Encoding.ASCII.GetBytes(request[..space]));
        head.SetScheme("http"u8);
        head.SetAuthority(Encoding.ASCII.GetBytes(request[(space + 1)..slash]));
        head.SetPath(Encoding.ASCII.GetBytes(request[slash..]));
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':');
            head.Headers.Add(
                Encoding.ASCII.GetBytes(header[..colon]),
                Encoding.ASCII.GetBytes(header[(colon + 1)..].Trim())
            );
        }
        return Table(listener).Match(head, 0);
    }

    /// <summary>What becomes of a request: clusters with their shares, an answer, a redirect, or 404.</summary>
    public string Ask(string listener, string request, params string[] headers) =>
        RouteOf(listener, request, headers)?.Spec.Action switch
        {
            null => "404",
            ForwardActionSpec { Clusters: [var only] } => only.Name,
            ForwardActionSpec forward => string.Join(
                " ",
                forward.Clusters.Select(static share => $"{share.Name}={share.Weight}")
            ),
            RedirectActionSpec redirect =>
                $"{redirect.Status} {redirect.Scheme}://{redirect.Host}:{redirect.Port}{redirect.Path}",
            DirectResponseActionSpec answer => $"{answer.Status} {Encoding.UTF8.GetString(answer.Body)}",
            var other => other.GetType().Name,
        };

    private RouteTable Table(string listener)
    {
        var terminal = Runtime.Listeners[listener].Spec.FilterChains.Single().Terminal;
        var manager = Assert.IsType<HttpConnectionManagerSpec>(terminal);
        return manager.RouteConfigName is { } name ? Runtime.Routes[name] : RouteTable.Build(manager.InlineRoutes!);
    }
}
