// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Lateen.Core;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Server;
using Lateen.Proxy.Stats;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using CorsApi = Envoy.Extensions.Filters.Http.Cors.V3;
using FaultApi = Envoy.Extensions.Filters.Http.Fault.V3;
using HttpApi = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using ListenerApi = Envoy.Config.Listener.V3;
using RouteApi = Envoy.Config.Route.V3;
using RouterApi = Envoy.Extensions.Filters.Http.Router.V3;
using TcpApi = Envoy.Extensions.Filters.Network.TcpProxy.V3;

namespace DataPlane.Tests.Server;

/// <summary>A serving proxy in this process, configured through xDS resources that tests write as JSON.</summary>
public sealed class ProxyFixture : IDisposable
{
    private static readonly TypeRegistry s_types = TypeRegistry.FromMessages(
        HttpApi.HttpConnectionManager.Descriptor,
        RouterApi.Router.Descriptor,
        TcpApi.TcpProxy.Descriptor,
        ClusterApi.Cluster.Descriptor,
        FaultApi.HTTPFault.Descriptor,
        CorsApi.Cors.Descriptor,
        CorsApi.CorsPolicy.Descriptor,
        Envoy.Extensions.Filters.Http.GrpcStats.V3.FilterConfig.Descriptor,
        Envoy.Extensions.Filters.Http.GrpcWeb.V3.GrpcWeb.Descriptor,
        RouteApi.FilterConfig.Descriptor,
        Envoy.Extensions.Retry.Host.OmitCanaryHosts.V3.OmitCanaryHostsPredicate.Descriptor,
        Envoy.Extensions.Retry.Host.OmitHostMetadata.V3.OmitHostMetadataConfig.Descriptor,
        Envoy.Extensions.Retry.Host.PreviousHosts.V3.PreviousHostsPredicate.Descriptor,
        Envoy.Extensions.Retry.Priority.PreviousPriorities.V3.PreviousPrioritiesConfig.Descriptor,
        Envoy.Extensions.Filters.Http.HealthCheck.V3.HealthCheck.Descriptor,
        Envoy.Extensions.AccessLoggers.File.V3.FileAccessLog.Descriptor,
        Envoy.Extensions.TransportSockets.Tls.V3.DownstreamTlsContext.Descriptor,
        Envoy.Extensions.TransportSockets.Tls.V3.UpstreamTlsContext.Descriptor,
        Envoy.Extensions.TransportSockets.Tls.V3.SPIFFECertValidatorConfig.Descriptor,
        Envoy.Extensions.TransportSockets.RawBuffer.V3.RawBuffer.Descriptor,
        Envoy.Extensions.TransportSockets.ProxyProtocol.V3.ProxyProtocolUpstreamTransport.Descriptor,
        Envoy.Extensions.Filters.Listener.TlsInspector.V3.TlsInspector.Descriptor,
        Envoy.Extensions.Filters.Listener.HttpInspector.V3.HttpInspector.Descriptor,
        Envoy.Extensions.Filters.Listener.OriginalDst.V3.OriginalDst.Descriptor,
        Envoy.Extensions.Filters.Listener.ProxyProtocol.V3.ProxyProtocol.Descriptor,
        Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions.Descriptor,
        Envoy.Extensions.HealthCheck.EventSinks.File.V3.HealthCheckEventFileSink.Descriptor
    );

    /// <summary>Knows every type that resources of tests pack.</summary>
    public static JsonParser Json { get; } = new(JsonParser.Settings.Default.WithTypeRegistry(s_types));

    private readonly Published<ProxyRuntime> _published = new(ProxyRuntime.Empty);
    private readonly ProxyServer _server;
    private readonly ManualTime? _time;

    /// <param name="drainTime">5 s by default.</param>
    /// <param name="time">The clock that the proxy goes by, for <see cref="Advance"/>; the system's by default.</param>
    public ProxyFixture(
        int workers = 1,
        WorkloadLabels? self = null,
        OverloadManager? overload = null,
        ManualTime? time = null,
        TimeSpan? drainTime = null,
        SourceTimeouts? sources = null
    )
    {
        _time = time;
        Overload =
            overload ?? new OverloadManager(OverloadSpec.None, new RuntimeValues(new Dictionary<string, string>()));
        Telemetry = new ProxyTelemetry(workers, self ?? WorkloadLabels.Nobody, Overload.Runtime);
        Store = new ConfigStore(_published, Telemetry, time, sources);
        _server = new ProxyServer(
            _published,
            Telemetry,
            Overload,
            drainTime ?? TimeSpan.FromSeconds(5),
            (TimeProvider?)time ?? TimeProvider.System
        );
        Store.Changed += runtime => Assert.Empty(_server.Apply(runtime));
        _server.Start();
    }

    public ProxyTelemetry Telemetry { get; }

    public OverloadManager Overload { get; }

    public ConfigStore Store { get; }

    public ProxyServer Server => _server;

    public Published<ProxyRuntime> Runtime => _published;

    public IReadOnlyList<ResourceRejection> Apply<T>(string typeUrl, params (string Name, string Json)[] resources)
        where T : IMessage<T>, new() =>
        Store.Apply(
            new ResourceUpdate(
                typeUrl,
                "1",
                resources
                    .Select(resource => new NamedResource(
                        resource.Name,
                        "",
                        Any.Pack(Json.Parse<T>(resource.Json), "type.googleapis.com")
                    ))
                    .ToArray(),
                [],
                IsWhole: TypeUrls.IsWildcard(typeUrl)
            )
        );

    /// <summary>Clusters named a, b, … that go to the given ports.</summary>
    public void Clusters(params int[] ports) =>
        Assert.Empty(
            Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ports.Select((port, index) => (Name(index), Cluster(Name(index), port))).ToArray()
            )
        );

    public static string Cluster(string name, int port, string address = "127.0.0.1") =>
        $$$$"""
            {"name":"{{{{name}}}}","type":"STATIC","connectTimeout":"2s","loadAssignment":{"clusterName":"{{{{name}}}}","endpoints":[{"lbEndpoints":[
              {"endpoint":{"address":{"socketAddress":{"address":"{{{{address}}}}","portValue":{{{{port}}}} } } } }]}]}}
            """;

    /// <summary>A listener "l" with an HTTP connection manager and the given routes, which come inline.</summary>
    /// <param name="router">Fields of the router filter, each with a comma before it.</param>
    public IPEndPoint Http(string routesJson, string managerJson = "", string filters = "", string router = "")
    {
        Assert.Empty(
            Apply<ListenerApi.Listener>(
                TypeUrls.Listener,
                (
                    "l",
                    $$$$"""
                    {"name":"l","address":{"socketAddress":{"address":"127.0.0.1","portValue":0}},"filterChains":[{"filters":[
                      {"name":"hcm","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                       "statPrefix":"test",{{{{managerJson}}}} "httpProtocolOptions":{"acceptHttp10":true},
                       "routeConfig":{"name":"r","virtualHosts":[{"name":"v","domains":["*"],"includeRequestAttemptCount":true,"routes":[{{{{routesJson}}}}]}]},
                       "httpFilters":[{{{{filters}}}}{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"{{{{router}}}}}}]}}]}]}
                    """
                )
            )
        );
        return Address("l");
    }

    public IPEndPoint Tcp(string cluster) => TcpWith($"\"cluster\":\"{cluster}\"");

    /// <summary>A listener "t" with a TCP proxy of the given fields.</summary>
    public IPEndPoint TcpWith(string fields)
    {
        Assert.Empty(
            Apply<ListenerApi.Listener>(
                TypeUrls.Listener,
                (
                    "t",
                    $$$$"""
                    {"name":"t","address":{"socketAddress":{"address":"127.0.0.1","portValue":0}},"filterChains":[{"filters":[
                      {"name":"tcp","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                       "statPrefix":"t",{{{{fields}}}}}}]}]}
                    """
                )
            )
        );
        return Address("t");
    }

    public IPEndPoint Address(string listener)
    {
        var address = _server.AddressOf(listener)!.Value;
        return new IPEndPoint(address.ToIPAddress()!, address.Port);
    }

    /// <summary>Moves the proxy's clock; on return the workers have done what was due.</summary>
    public void Advance(TimeSpan by)
    {
        // A client may see what a worker does before the worker sets the timer that belongs to it: by the old time, not the new one.
        Settle();
        _time!.Advance(by);
        Settle();
    }

    /// <summary>On return the workers have done what was due, as to take over a listener that has changed.</summary>
    public void Settle()
    {
        foreach (var worker in _server.Workers)
            Settle(worker);
    }

    /// <summary>Lets a worker finish what it is about: timers fire at the end of a turn, and what they wake runs in the next.</summary>
    private static void Settle(Worker worker)
    {
        for (var turn = 0; turn < 4; turn++)
        {
            using var passed = new ManualResetEventSlim();
            worker.Loop.Post(passed.Set);
            Assert.True(passed.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        }
    }

    /// <summary>A number of the proxy's statistics, by its Envoy name.</summary>
    public long Stat(string name)
    {
        var samples = new List<Lateen.Telemetry.Sample>();
        Telemetry.Stats.Collect(_published.Current, samples);
        Overload.Collect(samples);
        return samples.Single(sample => sample.PlainName == name).Value;
    }

    /// <summary>As <see cref="Stat"/>, for a number that is there only once something was counted.</summary>
    public long StatOrZero(string name)
    {
        var samples = new List<Lateen.Telemetry.Sample>();
        Telemetry.Stats.Collect(_published.Current, samples);
        return samples.SingleOrDefault(sample => sample.PlainName == name).Value;
    }

    /// <summary>Sends bytes and returns everything up to the end of the connection.</summary>
    public static string Converse(IPEndPoint at, string request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        socket.Connect(at);
        socket.Send(Encoding.Latin1.GetBytes(request));
        return ReadToEnd(socket);
    }

    public static string ReadToEnd(Socket socket)
    {
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        for (int got; (got = socket.Receive(buffer)) > 0; )
            answer.Append(Encoding.Latin1.GetString(buffer, 0, got));
        return answer.ToString();
    }

    public void Dispose()
    {
        Store.Dispose();
        _server.Dispose();
        Telemetry.Dispose();
    }

    private static string Name(int index) => ((char)('a' + index)).ToString();
}
