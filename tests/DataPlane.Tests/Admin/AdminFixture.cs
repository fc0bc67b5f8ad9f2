// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Agent;
using DataPlane.Tests.Server;
using Lateen.Core;
using Lateen.Net;
using Lateen.Proxy.Admin;
using Lateen.Proxy.Stats;
using Lateen.Xds;
using Listener = Envoy.Config.Listener.V3.Listener;

namespace DataPlane.Tests.Admin;

/// <summary>A serving proxy with its admin ports, on a clock that tests move.</summary>
internal sealed class AdminFixture : IDisposable
{
    private readonly AdminServer _admin;
    private readonly Dictionary<AdminRole, IPEndPoint> _ports = [];

    public AdminFixture(WorkloadLabels? self = null)
    {
        Proxy = new ProxyFixture(self: self);
        State = new ProxyState(Proxy.Store, Proxy.Runtime, Proxy.Telemetry, Time)
        {
            Version = "1.2.3",
            NodeId = "sidecar~10.0.0.7~web-1.default~default.svc.cluster.local",
            OnDrain = request =>
            {
                Drains.Add(request);
                if (request.IsGraceful)
                    Proxy.Server.DrainGracefully(request.Scope, closesListeners: !request.SkipsExit);
                else
                    Proxy.Server.Drain(request.Scope);
            },
            OnQuit = () => Quits++,
            IsConnected = () => IsConnected,
            Overload = Proxy.Overload,
            LogLevels = new LogLevels(LogLevel.Info, ["dns", "xds"]),
        };
        _admin = new AdminServer(new AdminHandlers(State));
        foreach (var role in Enum.GetValues<AdminRole>())
        {
            var address = _admin.Listen(NetAddress.From(new IPEndPoint(IPAddress.Loopback, 0)), role);
            _ports[role] = new IPEndPoint(IPAddress.Loopback, address.Port);
        }
        _admin.Start();
    }

    public ProxyFixture Proxy { get; }

    public ProxyState State { get; }

    public WatchedTime Time { get; } = new();

    public List<DrainRequest> Drains { get; } = [];

    public int Quits { get; private set; }

    public bool IsConnected { get; set; }

    /// <summary>Status and body.</summary>
    public (int Status, string Body) Get(string target, AdminRole role = AdminRole.Admin) => Ask("GET", target, role);

    public (int Status, string Body) Post(string target, AdminRole role = AdminRole.Admin) => Ask("POST", target, role);

    public (int Status, string Body) Ask(string method, string target, AdminRole role)
    {
        var answer = Raw($"{method} {target} HTTP/1.1\r\nHost: admin\r\nconnection: close\r\n\r\n", role);
        var body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        return (int.Parse(answer.AsSpan(9, 3)), answer[body..]);
    }

    public string Raw(string request, AdminRole role = AdminRole.Admin) => ProxyFixture.Converse(_ports[role], request);

    /// <summary>Cluster a with an endpoint, cluster w that waits for its own, and a listener for each direction.</summary>
    public void Configure(int port)
    {
        Assert.Empty(
            Proxy.Store.Apply(
                new ResourceUpdate(
                    TypeUrls.Cluster,
                    "v7",
                    [
                        new NamedResource("a", "1", Resources.EdsCluster("a")),
                        new NamedResource("w", "2", Resources.EdsCluster("w")),
                    ],
                    [],
                    IsWhole: true
                )
            )
        );
        Apply(TypeUrls.Endpoints, new NamedResource("a", "3", Resources.Endpoints("a", port)));
        Assert.Empty(
            Proxy.Apply<Listener>(
                TypeUrls.Listener,
                ("in", ListenerJson("in", "INBOUND")),
                ("out", ListenerJson("out", "OUTBOUND"))
            )
        );
    }

    /// <summary>What was still missing: the endpoints of w.</summary>
    public void Complete() => Apply(TypeUrls.Endpoints, new NamedResource("w", "4", Resources.Endpoints("w", 9)));

    public void Dispose()
    {
        _admin.Dispose();
        Proxy.Dispose();
    }

    private void Apply(string type, NamedResource resource) =>
        Assert.Empty(Proxy.Store.Apply(new ResourceUpdate(type, "v8", [resource], [], IsWhole: false)));

    private static string ListenerJson(string name, string direction) =>
        $$$$"""
            {"name":"{{{{name}}}}","trafficDirection":"{{{{direction}}}}","address":{"socketAddress":{"address":"127.0.0.1","portValue":0}},
             "filterChains":[{"filters":[
              {"name":"hcm","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
               "statPrefix":"{{{{name}}}}","routeConfig":{"name":"r","virtualHosts":[{"name":"v","domains":["*"],"routes":[
                 {"match":{"prefix":"/"},"route":{"cluster":"a"}}]}]},
               "httpFilters":[{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
            """;
}
