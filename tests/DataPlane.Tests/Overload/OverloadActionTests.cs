// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Server;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Server;
using Lateen.Xds;
using Listener = Envoy.Config.Listener.V3.Listener;

namespace DataPlane.Tests.Overload;

/// <summary>What each action does to a serving proxy, and that it ends with the pressure.</summary>
public sealed class OverloadActionTests : IDisposable
{
    private const string Name = "overload.envoy.overload_actions.";

    private readonly FakeMonitor _monitor = new();
    private ProxyFixture? _proxy;

    public void Dispose() => _proxy?.Dispose();

    [Fact]
    public void Requests_are_answered_at_once()
    {
        var proxy = Start(OverloadAction.StopAcceptingRequests, "\"appendLocalOverload\":true,");
        using var client = new Client(proxy.Address("l"));
        using var http2 = new Http2Client(proxy.Address("l"));
        Press(1);
        var answer = client.Ask();
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nx-envoy-local-overloaded: true\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nenvoy overloaded", answer, StringComparison.Ordinal);
        http2.Get(1);
        http2.WaitFor("DATA 1 16 END");
        var grpc = client.Ask(
            "POST / HTTP/1.1\r\nHost: a\r\ncontent-type: application/grpc\r\ncontent-length: 0\r\n\r\n"
        );
        Assert.Contains("\r\ngrpc-status: 14\r\n", grpc, StringComparison.Ordinal);
        using var other = new Client(proxy.Address("m"));
        Assert.EndsWith("ahoy", other.Ask(), StringComparison.Ordinal);
        Assert.Equal(3, proxy.Stat("http.l.downstream_rq_overload_close"));
        Press(0);
        Assert.EndsWith("ahoy", client.Ask(), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_the_pressure_sheds_half_of_the_requests()
    {
        var proxy = Start(OverloadAction.StopAcceptingRequests, from: 0.5);
        Press(0.75);
        using var client = new Client(proxy.Address("l"));
        var shed = 0;
        for (var i = 0; i < 400; i++)
        {
            var answer = client.Ask();
            shed += answer.EndsWith("envoy overloaded", StringComparison.Ordinal) ? 1 : 0;
            Assert.DoesNotContain("x-envoy-local-overloaded", answer, StringComparison.Ordinal);
        }
        // Six standard deviations to either side.
        Assert.InRange(shed, 140, 260);
        Assert.Equal(shed, proxy.Stat("http.l.downstream_rq_overload_close"));
    }

    [Fact]
    public void Connections_end_with_their_responses()
    {
        var proxy = Start(OverloadAction.DisableHttpKeepalive);
        using var client = new Client(proxy.Address("l"));
        using var http2 = new Http2Client(proxy.Address("l"));
        Assert.DoesNotContain("connection: close", client.Ask(), StringComparison.Ordinal);
        http2.Get(1);
        http2.WaitFor("DATA 1 4 END");
        Press(1);
        Assert.Contains("\r\nconnection: close\r\n", client.Ask(), StringComparison.Ordinal);
        Assert.True(client.WaitForEnd());
        http2.Get(3);
        http2.WaitFor("GOAWAY 2147483647 NoError");
        http2.WaitFor("DATA 3 4 END");
        Assert.Equal(2, proxy.Stat("http.l.downstream_cx_overload_disable_keepalive"));
        Assert.Equal(2, proxy.Stat("http.l.downstream_cx_drain_close"));
    }

    [Fact]
    public void Listeners_leave_connections_to_the_kernel()
    {
        var proxy = Start(OverloadAction.StopAcceptingConnections);
        using var before = new Client(proxy.Address("l"));
        Assert.EndsWith("ahoy", before.Ask(), StringComparison.Ordinal);
        Press(1);
        using var waiting = new Client(proxy.Address("l"));
        waiting.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        using var other = new Client(proxy.Address("m"));
        Assert.EndsWith("ahoy", other.Ask(), StringComparison.Ordinal);
        Assert.EndsWith("ahoy", before.Ask(), StringComparison.Ordinal);
        Assert.Equal(2, proxy.Overload.State.ActiveDownstreamConnections);
        Assert.Equal(0, waiting.Socket.Available);
        // A listener that is changed meanwhile does not accept either.
        Serve("\"serverName\":\"changed\",");
        Assert.EndsWith("ahoy", before.Ask(), StringComparison.Ordinal);
        Assert.Equal(0, waiting.Socket.Available);
        Press(0);
        Assert.Contains("\r\nserver: changed\r\n", waiting.ReadAnswer(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_that_holds_much_memory_is_reset_and_others_go_on()
    {
        using var stuck = new Stuck();
        var proxy = Start(OverloadAction.ResetHighMemoryStream, routes: Listeners.ToA, clusterPort: stuck.Port);
        using var greedy = new Http2Client(proxy.Address("l"));
        using var modest = new Http2Client(proxy.Address("l"));
        modest.Post(1);
        modest.Send(Frames.Data(1, 0, 16_000));
        greedy.Post(1);
        // More than the buffers of two sockets on one machine; the window admits it.
        for (var i = 0; i < 15_000_000 / 16_000; i++)
            greedy.Send(Frames.Data(1, 0, 16_000));
        // What is under way to the proxy has been read when it is so much.
        Eventually.True(
            () =>
            {
                Press(1);
                return proxy.Stat(Name + "reset_high_memory_stream.count") > 0;
            },
            "a stream is reset"
        );
        greedy.WaitFor("RST_STREAM 1 ");
        Press(0);
        greedy.Get(3, "/nowhere");
        Assert.Equal(1, proxy.Stat(Name + "reset_high_memory_stream.count"));
        modest.Send(Frames.Ping());
        modest.WaitFor("PING ACK");
        Assert.Equal(2, proxy.Stat("http.l.downstream_rq_active"));
    }

    [Theory]
    [InlineData(0.01, 27)]
    [InlineData(0.2, 26)]
    [InlineData(0.5, 23)]
    [InlineData(0.9, 20)]
    [InlineData(1, 20)]
    public void The_more_pressure_the_smaller_the_streams_that_are_reset(double value, int powerOfTwo) =>
        Assert.Equal(
            1L << powerOfTwo,
            OverloadResponder.BytesToReset((int)(value * OverloadState.Saturated), leastPowerOfTwo: 20)
        );

    [Fact]
    public void Free_memory_goes_back_to_the_system_and_the_proxy_serves_on()
    {
        var proxy = Start(OverloadAction.ShrinkHeap);
        using var client = new Client(proxy.Address("l"));
        Assert.EndsWith("ahoy", client.Ask(), StringComparison.Ordinal);
        Press(1);
        Press(1);
        // Every ten seconds, however often the pressure is looked at.
        Assert.Equal(1, proxy.Stat(Name + "shrink_heap.shrink_count"));
        proxy.Advance(TimeSpan.FromSeconds(10));
        Press(1);
        Assert.Equal(2, proxy.Stat(Name + "shrink_heap.shrink_count"));
        Assert.EndsWith("ahoy", client.Ask(), StringComparison.Ordinal);
    }

    private ProxyFixture Start(
        OverloadAction action,
        string manager = "",
        double from = 1,
        string routes = Listeners.Ahoy,
        int? clusterPort = null
    )
    {
        _proxy = new ProxyFixture(overload: _monitor.Manage((action, from, 1)), time: new ManualTime());
        if (clusterPort is { } port)
            _proxy.Clusters(port);
        Serve(manager, routes);
        return _proxy;
    }

    /// <summary>Listener l, and listener m that pressure does not concern.</summary>
    private void Serve(string manager, string routes = Listeners.Ahoy) =>
        Assert.Empty(
            _proxy!.Apply<Listener>(
                TypeUrls.Listener,
                Listeners.Http("l", routes, manager),
                Listeners.Http("m", listener: "\"bypassOverloadManager\":true,")
            )
        );

    private void Press(double pressure)
    {
        _monitor.Pressure = pressure;
        _proxy!.Overload.Refresh();
        _proxy.Advance(TimeSpan.Zero);
    }

    /// <summary>An upstream that accepts and never reads.</summary>
    private sealed class Stuck : IDisposable
    {
        private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };

        public Stuck()
        {
            _listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
            _listener.Listen();
        }

        public int Port => ((System.Net.IPEndPoint)_listener.LocalEndPoint!).Port;

        public void Dispose() => _listener.Dispose();
    }
}
