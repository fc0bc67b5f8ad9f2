// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.Listeners;

/// <summary>
/// Connections that iptables redirects, with real packets in a network namespace: the filter restores where they were meant
/// to go, chains and listeners are chosen by it, and a cluster of its kind goes there.
/// </summary>
public sealed class OriginalDestinationTests : IDisposable
{
    private const string OriginalDst = "original_dst.v3.OriginalDst";

    private readonly ProxyFixture _proxy = new();
    private NetworkNamespace? _namespace;

    public void Dispose()
    {
        _proxy.Dispose();
        _namespace?.Dispose();
    }

    /// <summary>Where a client wanted to go, what the filter chain of that destination answers.</summary>
    [Theory]
    [InlineData("192.0.2.10", 80, "first")]
    [InlineData("192.0.2.10", 8080, "second")] // another port
    [InlineData("192.0.2.99", 80, "")] // another address: the port has decided for a chain that does not have it
    [InlineData("2001:db8::10", 80, "first")]
    [InlineData("2001:db8::10", 8080, "second")]
    [InlineData("2001:db8::99", 80, "")]
    public async Task A_chain_is_chosen_by_the_original_destination(string address, int port, string expected)
    {
        await EnterAsync();
        using var first = Named("first");
        using var second = Named("second");
        _proxy.Clusters(first.Port, second.Port);
        var chains =
            TlsJson.TcpChain(
                "one",
                "a",
                "{\"destinationPort\":80,\"prefixRanges\":[{\"addressPrefix\":\"192.0.2.10\",\"prefixLen\":32},{\"addressPrefix\":\"2001:db8::10\",\"prefixLen\":128}]}"
            )
            + ","
            + TlsJson.TcpChain("two", "b");
        // A redirected connection arrives at the loopback address of its family.
        var own = address.Contains(':', StringComparison.Ordinal) ? "::1" : "127.0.0.1";
        await RedirectAsync(Listen(own, chains, $"\"listenerFilters\":[{TlsJson.Filter(OriginalDst)}],"));
        Assert.Equal(expected, await AskAsync(address, port));
    }

    /// <summary>Without the filter the chain sees the proxy's own port.</summary>
    [Fact]
    public async Task Without_the_filter_the_destination_is_the_proxy()
    {
        await EnterAsync();
        using var first = Named("first");
        using var second = Named("second");
        _proxy.Clusters(first.Port, second.Port);
        var chains = TlsJson.TcpChain("one", "a", "{\"destinationPort\":80}") + "," + TlsJson.TcpChain("two", "b");
        await RedirectAsync(Listen("127.0.0.1", chains, ""));
        Assert.Equal("second", await AskAsync("192.0.2.10", 80));
    }

    /// <summary>As Istio's 15001: it takes everything, and hands over to the listener of the destination, which is not bound.</summary>
    [Theory]
    [InlineData("192.0.2.10", 80, "first")] // by address and port
    [InlineData("192.0.2.77", 9090, "second")] // by port on every address
    [InlineData("192.0.2.77", 80, "third")] // nobody's: the redirected listener itself
    public async Task A_connection_goes_on_at_the_listener_of_its_destination(string address, int port, string expected)
    {
        await EnterAsync();
        using var first = Named("first");
        using var second = Named("second");
        using var third = Named("third");
        _proxy.Clusters(first.Port, second.Port, third.Port);
        var at = Inside(() =>
        {
            Assert.Empty(
                _proxy.Apply<ListenerApi.Listener>(
                    TypeUrls.Listener,
                    (
                        "virtual",
                        Resource("virtual", "127.0.0.1", 0, TlsJson.TcpChain("v", "c"), "\"useOriginalDst\":true,")
                    ),
                    ("one", Resource("one", "192.0.2.10", 80, TlsJson.TcpChain("one", "a"), "\"bindToPort\":false,")),
                    ("two", Resource("two", "0.0.0.0", 9090, TlsJson.TcpChain("two", "b"), "\"bindToPort\":false,"))
                )
            );
            return _proxy.Address("virtual");
        });
        await RedirectAsync(at);
        Assert.Equal(expected, await AskAsync(address, port));
    }

    /// <summary>A passthrough: the cluster's endpoint is wherever the client meant to go.</summary>
    [Fact]
    public async Task A_cluster_goes_where_the_client_meant_to_go()
    {
        await EnterAsync();
        await _namespace!.Do("ip addr add 198.51.100.5/32 dev lo");
        using var server = Named("there", "198.51.100.5");
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("a", """{"name":"a","type":"ORIGINAL_DST","lbPolicy":"CLUSTER_PROVIDED","connectTimeout":"2s"}""")
            )
        );
        var at = Listen(
            "127.0.0.1",
            TlsJson.TcpChain("c", "a"),
            $"\"listenerFilters\":[{TlsJson.Filter(OriginalDst)}],"
        );
        // Only what comes from a client, else the proxy's own connection would come back to it.
        await _namespace.Do("ip addr add 203.0.113.1/32 dev lo");
        await _namespace.Do(
            $"iptables -t nat -A OUTPUT -p tcp -s 203.0.113.1 -d 198.51.100.5 -j REDIRECT --to-ports {at.Port}"
        );
        Assert.Equal("there", await AskAsync("198.51.100.5", server.Port, from: "203.0.113.1"));
        Assert.Equal(1, server.Connections);
        Assert.Equal(1, _proxy.Stat("listener.127.0.0.1_0.downstream_cx_total"));
    }

    private async Task EnterAsync()
    {
        _namespace = await NetworkNamespace.CreateAsync();
        foreach (var worker in _proxy.Server.Workers)
            await _namespace.Move(worker.Loop);
        await _namespace.Do("ip route add local 192.0.2.0/24 dev lo");
        await _namespace.Do("ip -6 route add local 2001:db8::/32 dev lo");
    }

    /// <summary>The least there is of rules: everything to these networks goes to the proxy.</summary>
    private async Task RedirectAsync(IPEndPoint proxy)
    {
        await _namespace!.Do($"iptables -t nat -A OUTPUT -p tcp -d 192.0.2.0/24 -j REDIRECT --to-ports {proxy.Port}");
        await _namespace.Do($"ip6tables -t nat -A OUTPUT -p tcp -d 2001:db8::/32 -j REDIRECT --to-ports {proxy.Port}");
    }

    private T Inside<T>(Func<T> action) => _namespace!.Inside(action);

    private IPEndPoint Listen(string address, string chains, string more) =>
        Inside(() =>
        {
            Assert.Empty(
                _proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", Resource("t", address, 0, chains, more)))
            );
            return _proxy.Address("t");
        });

    private static string Resource(string name, string address, int port, string chains, string more) =>
        $$"""
            {"name":"{{name}}","address":{"socketAddress":{"address":"{{address}}","portValue":{{port}}} },{{more}}"filterChains":[{{chains}}]}
            """;

    private ScriptedServer Named(string name, string address = "127.0.0.1") =>
        Inside(() => new ScriptedServer((_, socket, _) => socket.Send(Encoding.ASCII.GetBytes(name)), address));

    /// <summary>All that comes back from an address inside.</summary>
    private async Task<string> AskAsync(string address, int port, string? from = null) =>
        await Task.Run(
            () =>
                Inside(() =>
                {
                    var target = new IPEndPoint(IPAddress.Parse(address), port);
                    using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                    {
                        ReceiveTimeout = 60_000,
                    };
                    if (from is not null)
                        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                    socket.Connect(target);
                    return ProxyFixture.ReadToEnd(socket);
                }),
            TestContext.Current.CancellationToken
        );
}
