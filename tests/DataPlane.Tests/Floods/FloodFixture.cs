// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Floods;

/// <summary>One proxy process that all floods come upon, one after the other.</summary>
public sealed class FloodFixture : IAsyncLifetime
{
    /// <summary>Short, so that a row need not wait for long.</summary>
    private const string Impatient = """
        "requestHeadersTimeout":"0.3s","requestTimeout":"0.4s","streamIdleTimeout":"0.6s","delayedCloseTimeout":"0.1s",
        "commonHttpProtocolOptions":{"idleTimeout":"0.4s"},
        """;

    /// <summary>Whoever is refused and reads on learns why, however busy the machine is.</summary>
    private const string Patient = "\"delayedCloseTimeout\":\"10s\",";

    /// <summary>All requests but one wait.</summary>
    private const string OneAtATime = """
        "circuitBreakers":{"thresholds":[{"maxConnections":1,"maxPendingRequests":10000,"maxRequests":10000}]},
        """;

    private const string Moved = """{"match":{"prefix":"/moved"},"redirect":{"hostRedirect":"b.test"}},""";

    private readonly List<IDisposable> _held = [];
    private ScriptedServer? _upstream;
    private ScriptedServer? _source;
    private ScriptedServer? _silent;

    internal ProxyProgram Proxy { get; private set; } = null!;

    /// <summary>
    /// HTTP of either version, with Envoy's limits; <c>/busy</c> goes to an
    /// endpoint that has no time for it, <c>/moved</c> is answered by the proxy itself.
    /// </summary>
    public IPEndPoint Http { get; } = new(IPAddress.Loopback, FreePorts.Next());

    /// <summary>
    /// The same with short timeouts; <c>/big</c> is a response without end, and <c>/silent</c> is answered never.
    /// </summary>
    public IPEndPoint Slow { get; } = new(IPAddress.Loopback, FreePorts.Next());

    /// <summary>Relays bytes from a source without end; idle for less than half a second.</summary>
    public IPEndPoint Tcp { get; } = new(IPAddress.Loopback, FreePorts.Next());

    /// <summary>HTTP, for at most 50 connections.</summary>
    public IPEndPoint Limited { get; } = new(IPAddress.Loopback, FreePorts.Next());

    /// <summary>Keeps connections that their clients neither read nor end, until their attack is over.</summary>
    internal void Hold(IEnumerable<IDisposable> connections) => _held.AddRange(connections);

    internal void Drop()
    {
        foreach (var connection in _held)
            connection.Dispose();
        _held.Clear();
    }

    public async ValueTask InitializeAsync()
    {
        _upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy");
        _source = new ScriptedServer(
            static (server, socket, _) =>
            {
                server.ReadHead(socket);
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n");
                var piece = new byte[64 * 1024];
                while (socket.Send(piece) > 0) { }
            }
        );
        _silent = new ScriptedServer(static (_, socket, _) => ScriptedServer.ReadUntil(socket, "never"));
        Proxy = await ProxyProgram.StartAsync(
            [
                Cluster("a", _upstream.Port),
                Cluster("source", _source.Port),
                Cluster("silent", _silent.Port),
                Cluster("busy", _silent.Port, OneAtATime),
            ],
            [
                Overload
                    .Listeners.Http("h", To("/busy", "busy") + Moved + Overload.Listeners.ToA, Patient)
                    .At(Http.Port),
                Overload
                    .Listeners.Http(
                        "s",
                        To("/big", "source") + To("/silent", "silent") + Overload.Listeners.ToA,
                        Impatient
                    )
                    .At(Slow.Port),
                Overload.Listeners.Tcp("t", "\"cluster\":\"source\",\"idleTimeout\":\"0.4s\"").At(Tcp.Port),
                Overload.Listeners.Http("limited", Overload.Listeners.ToA).At(Limited.Port),
            ],
            "--runtime envoy.resource_limits.listener.limited.connection_limit=50"
        );
    }

    public async ValueTask DisposeAsync()
    {
        Drop();
        if (Proxy is not null)
            await Proxy.DisposeAsync();
        _upstream?.Dispose();
        _source?.Dispose();
        _silent?.Dispose();
    }

    /// <summary>Idle connections to it close soon, so that what is left open is a leak.</summary>
    private static (string, string) Cluster(string name, int port, string fields = "") =>
        (
            name,
            $$"""
            {{{fields}}"typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{
              "@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
              "commonHttpProtocolOptions":{"idleTimeout":"0.05s"},"explicitHttpConfig":{"httpProtocolOptions":{} } } },
            """ + ProxyFixture.Cluster(name, port).TrimStart()[1..]
        );

    private static string To(string path, string cluster) =>
        $$"""{"match":{"path":"{{path}}"},"route":{"timeout":"0s","cluster":"{{cluster}}"} },""";
}
