// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Stats;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Listeners;

/// <summary>A filter chain as connections use it.</summary>
public sealed class FilterChainRuntime
{
    private bool _isDraining;

    public FilterChainRuntime(
        FilterChainSpec spec,
        TrafficDirection direction,
        TlsStats tlsStats,
        ProxyTelemetry telemetry
    )
    {
        Spec = spec;
        Socket = new TransportSocket(spec.Socket, tlsStats);
        AccessLog = new AccessLog(spec.Terminal.AccessLogs, telemetry.Logs);
        UnroutedContext =
            direction == TrafficDirection.Inbound ? telemetry.Stats.UnroutedInbound : telemetry.Stats.UnroutedOutbound;
        IsInbound = direction == TrafficDirection.Inbound;
        if (spec.Terminal is HttpConnectionManagerSpec http)
        {
            HttpStats = telemetry.Stats.Http(http.StatPrefix);
            ServerName = Encoding.ASCII.GetBytes(http.ServerName);
            var environment = new HttpFilterEnvironment(http.StatPrefix, telemetry.Stats)
            {
                IsInbound = IsInbound,
                Health = telemetry.Health,
                ServiceCluster = telemetry.ServiceCluster,
            };
            HttpFilters = http.HttpFilters.Select(filter => filter.Create(environment)).ToArray();
            InlineRoutes = http.InlineRoutes is null ? null : RouteTable.Build(http.InlineRoutes);
        }
        else
        {
            TcpStats = telemetry.Stats.Tcp(spec.Terminal.StatPrefix);
        }
    }

    public FilterChainSpec Spec { get; }

    /// <summary>Its listener goes on without it, so that its connections end. Set once, by the thread that applies configuration.</summary>
    public bool IsDraining
    {
        get => Volatile.Read(ref _isDraining);
        set => Volatile.Write(ref _isDraining, value);
    }

    /// <summary>What carries its connections.</summary>
    public TransportSocket Socket { get; }

    /// <summary>Traffic comes to the workload, so metrics report as its destination.</summary>
    public bool IsInbound { get; }

    public AccessLog AccessLog { get; }

    /// <summary>What Istio's metrics call requests that no cluster took.</summary>
    internal IstioContext UnroutedContext { get; }

    /// <summary>Routes that stand inline in the connection manager; null when they come by name.</summary>
    public RouteTable? InlineRoutes { get; }

    /// <summary>What requests go through before they are forwarded; empty on a chain that relays bytes.</summary>
    public IReadOnlyList<IHttpFilter> HttpFilters { get; } = [];

    /// <summary>Set on a chain that serves HTTP.</summary>
    public HttpStats? HttpStats { get; }

    /// <summary>What responses call their server, as header lines have it; set on a chain that serves HTTP.</summary>
    internal byte[] ServerName { get; } = [];

    /// <summary>Set on a chain that relays bytes.</summary>
    public TcpStats? TcpStats { get; }
}
