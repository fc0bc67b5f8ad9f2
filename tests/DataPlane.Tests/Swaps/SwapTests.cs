// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Lateen.Xds;

namespace DataPlane.Tests.Swaps;

/// <summary>
/// Certificates, trust bundles, listeners, routes, clusters and endpoints change by xDS while 20,000 requests pass through a
/// proxy with mutual TLS on both sides: none of them fails, and every change was in force while requests were under way.
/// </summary>
public sealed class SwapTests : IAsyncLifetime
{
    private const int Requests = 20_000;
    private const int Steps = 50;

    private readonly int _port = FreePorts.Next();
    private readonly ProxyFixture _proxy = new(workers: 2);
    private readonly Identities _identities = new();
    private readonly List<string> _servers = [];
    private readonly List<string> _clients = [];
    private MutualUpstream _first = null!;
    private MutualUpstream _second = null!;
    private Director _director = null!;
    private TestAuthority? _next;
    private string _listener = "edge-0";
    private int _chain;
    private int _whole;
    private int _routes;

    public async ValueTask InitializeAsync()
    {
        _first = await MutualUpstream.StartAsync(_identities);
        _second = await MutualUpstream.StartAsync(_identities);
        _director = await Director.StartAsync(_proxy.Store);
    }

    public async ValueTask DisposeAsync()
    {
        await _director.DisposeAsync();
        _proxy.Dispose();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _identities.Dispose();
    }

    [Fact]
    public async Task No_request_of_20_000_fails_while_certificates_and_listeners_are_swapped()
    {
        await ConfigureAsync();
        var load = new Load(Requests, _port, _identities);
        var clients = new[]
        {
            load.RunAsync("a.test"),
            load.RunAsync("a.test"),
            load.RunAsync("b.test"),
            load.RunAsync("a.test", closes: true),
            load.RunAsync("b.test", closes: true),
            load.RunAsync("a.test", version: 2, streams: 4),
            load.RunAsync("b.test", version: 2, streams: 4),
        };
        for (var step = 1; step <= Steps; step++)
        {
            await load.ReachedAsync(step * (Requests / (Steps + 2)));
            await SwapCertificatesAsync(step);
            await ChangeListenerAsync(step);
            await ChangeRestAsync(step);
            await ProbeAsync(load, step);
        }
        load.End();
        var made = await Task.WhenAll(clients);

        Assert.Empty(load.Failures);
        Assert.InRange(load.Ended, Requests, int.MaxValue);
        Assert.Equal(load.Ended, made.Sum() + Steps);
        // Everyone took part to the end, and nothing was asked twice.
        Assert.All(made, count => Assert.InRange(count, Steps, load.Ended));
        Assert.Equal(load.Ended, _first.Served + _second.Served);
        Assert.InRange(_first.Served, 1, load.Ended - 1);
        AssertSwapped(load);
        AssertCounted(load.Ended);
    }

    /// <summary>Every certificate was shown, of the proxy to its clients and to its endpoints.</summary>
    private void AssertSwapped(Load load)
    {
        Assert.Equal(Steps + 1, _servers.Distinct().Count());
        Assert.All(_servers, serial => Assert.True(load.Saw(serial)));
        Assert.Equal(Steps + 1, _clients.Distinct().Count());
        Assert.All(_clients, serial => Assert.True(_first.Saw(serial) || _second.Saw(serial)));
    }

    private void AssertCounted(int requests)
    {
        // Bundles change the contexts, too; those of the listener are two, and new ones with each of its versions.
        var listener = $"listener.127.0.0.1_{_port}.";
        var contexts = Steps + 1 + (2 * (Steps / 5));
        Assert.InRange(
            _proxy.Stat(listener + "server_ssl_socket_factory.ssl_context_update_by_sds"),
            2 * contexts,
            1000
        );
        foreach (var cluster in new[] { "cluster.h1.", "cluster.h2." })
        {
            Assert.Equal(contexts, _proxy.Stat(cluster + "client_ssl_socket_factory.ssl_context_update_by_sds"));
            Assert.InRange(_proxy.Stat(cluster + "ssl.handshake"), Steps, requests);
            Assert.Equal(0, _proxy.Stat(cluster + "upstream_cx_connect_fail"));
        }
        foreach (
            var failure in new[] { "connection_error", "fail_verify_error", "fail_verify_no_cert", "fail_verify_san" }
        )
            Assert.Equal(0, _proxy.Stat($"{listener}ssl.{failure}"));

        Assert.Equal(_chain, _proxy.Stat("listener_manager.listener_in_place_updated"));
        Assert.Equal(_chain + _whole, _proxy.Stat("listener_manager.listener_modified"));
        Assert.Equal(1 + (Steps / 10), _proxy.Stat("listener_manager.listener_added"));
        Assert.Equal(Steps / 10, _proxy.Stat("listener_manager.listener_removed"));
        Assert.Equal(1, _proxy.Stat("listener_manager.total_listeners_active"));
        Assert.InRange(_proxy.Stat("http.edge.downstream_cx_drain_close"), Steps / 5, requests);
        Assert.Equal(requests, _proxy.Stat("http.edge.downstream_rq_2xx"));
        Assert.Equal(1 + _chain + _whole + (Steps / 10), _proxy.Stat("listener_manager.lds.update_success"));
        foreach (var type in new[] { "cluster_manager.cds", "cluster_manager.eds", "listener_manager.lds", "http.rds" })
        {
            Assert.InRange(_proxy.Stat($"{type}.update_success"), 10, 100);
            Assert.Equal(0, _proxy.Stat($"{type}.update_rejected"));
        }
    }

    private async Task ConfigureAsync()
    {
        AddCertificates();
        _director.Add(
            TypeUrls.Secret,
            SwapResources.BundleSecret,
            SwapResources.Secret(_identities.BundleSecret(SwapResources.BundleSecret))
        );
        foreach (var cluster in new[] { "h1", "h2" })
        {
            _director.Add(TypeUrls.Cluster, cluster, SwapResources.Cluster(cluster, 0));
            _director.Add(TypeUrls.Endpoints, cluster, SwapResources.Endpoints(cluster, _first.Port, _second.Port));
        }
        _director.Add(TypeUrls.Listener, _listener, SwapResources.Listener(_listener, _port, 0, 0));
        _director.Add(TypeUrls.Route, SwapResources.Routes, SwapResources.RouteTable(0));
        await _director.ServeAsync();
        Eventually.True(() => _proxy.Store.IsReady, "the proxy is ready");
        _proxy.Settle();
    }

    /// <summary>New certificates with each step; every five steps a root is exchanged for another.</summary>
    private async Task SwapCertificatesAsync(int step)
    {
        if (step % 5 == 1)
        {
            _next = _identities.TrustAnother();
            await PushBundleAsync();
        }
        if (step % 5 == 2)
            _identities.IssueBy(_next!);
        AddCertificates();
        await _director.PushAsync(TypeUrls.Secret, [SwapResources.ServerSecret, SwapResources.ClientSecret]);
        if (step % 5 != 4)
            return;
        _identities.DistrustOld();
        await PushBundleAsync();
    }

    private async Task PushBundleAsync()
    {
        const string Name = SwapResources.BundleSecret;
        _director.Add(TypeUrls.Secret, Name, SwapResources.Secret(_identities.BundleSecret(Name)));
        await _director.PushAsync(TypeUrls.Secret, [Name]);
    }

    private void AddCertificates()
    {
        Add(SwapResources.ServerSecret, _identities.IssueServer(), _servers);
        Add(SwapResources.ClientSecret, _identities.IssueForProxy(), _clients);

        void Add(string name, TestCertificate certificate, List<string> serials)
        {
            serials.Add(Convert.ToHexString(certificate.Serial));
            _director.Add(TypeUrls.Secret, name, SwapResources.Secret(TlsJson.CertificateSecret(name, certificate)));
        }
    }

    /// <summary>A chain that changes, all of it, or another listener in its place.</summary>
    private async Task ChangeListenerAsync(int step)
    {
        var old = _listener;
        if (step % 10 == 3)
            _listener = $"edge-{step}";
        else if (step % 5 == 0)
            _whole++;
        else if (step % 2 == 0)
            _chain++;
        else
            return;
        _director.Add(TypeUrls.Listener, _listener, SwapResources.Listener(_listener, _port, _chain, _whole));
        await _director.PushAsync(TypeUrls.Listener, [_listener], old == _listener ? [] : [old]);
        _proxy.Settle();
    }

    private async Task ChangeRestAsync(int step)
    {
        if (step % 3 == 0)
        {
            _routes = step;
            _director.Add(TypeUrls.Route, SwapResources.Routes, SwapResources.RouteTable(step));
            await _director.PushAsync(TypeUrls.Route, [SwapResources.Routes]);
        }
        if (step % 4 == 0)
        {
            foreach (var cluster in new[] { "h1", "h2" })
                _director.Add(TypeUrls.Cluster, cluster, SwapResources.Cluster(cluster, step));
            await _director.PushAsync(TypeUrls.Cluster, ["h1", "h2"]);
        }
        if (step % 3 == 1)
        {
            var ports = (step % 9) switch
            {
                1 => [_first.Port],
                4 => [_second.Port],
                _ => new[] { _first.Port, _second.Port },
            };
            foreach (var cluster in new[] { "h1", "h2" })
                _director.Add(TypeUrls.Endpoints, cluster, SwapResources.Endpoints(cluster, ports));
            await _director.PushAsync(TypeUrls.Endpoints, ["h1", "h2"]);
        }
    }

    /// <summary>What was changed is in force for who comes now, and the requests under way reach the endpoints with it.</summary>
    private async Task ProbeAsync(Load load, int step)
    {
        var host = step % 2 == 0 ? "a.test" : "b.test";
        using var answer = await load.ProbeAsync(host, version: 1 + (step % 2));
        Assert.Empty(load.Failures);
        Assert.Equal($"{_routes}", Assert.Single(answer!.Headers.GetValues("x-routes")));
        Assert.True(load.Saw(_servers[^1]));
        await Task.WhenAny(_first.SawAsync(_clients[^1]), _second.SawAsync(_clients[^1]))
            .WaitAsync(TimeSpan.FromSeconds(60));
    }
}
