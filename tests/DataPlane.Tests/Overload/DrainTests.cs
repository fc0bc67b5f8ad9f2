// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Server;
using Lateen.Proxy.Server;
using Lateen.Xds;
using Listener = Envoy.Config.Listener.V3.Listener;

namespace DataPlane.Tests.Overload;

/// <summary>Listeners that change, go, or drain with their proxy: nobody's request fails, and everybody is gone in the end.</summary>
public sealed class DrainTests : IDisposable
{
    private const string Stats = "http.l.";
    private static readonly TimeSpan s_drainTime = TimeSpan.FromSeconds(20);
    private static readonly CancellationToken s_cancel = TestContext.Current.CancellationToken;

    private readonly ProxyFixture _proxy = new(time: new ManualTime(), drainTime: s_drainTime);

    public void Dispose() => _proxy.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_request_fails_while_a_listener_changes_again_and_again(int version)
    {
        var port = FreePorts.Next();
        Change(port, 0);
        using var client = Clients.Of(version);
        using var stop = new CancellationTokenSource();
        var loads = Enumerable.Range(0, 4).Select(_ => LoadAsync(client, port, version, stop.Token)).ToArray();
        for (var revision = 1; revision <= 30; revision++)
        {
            Change(port, revision);
            _proxy.Advance(TimeSpan.Zero);
            // Requests are under way with every revision.
            using var probe = Clients.Of(version);
            Assert.Equal($"{revision}", await probe.GetStringAsync($"http://127.0.0.1:{port}/", s_cancel));
        }
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(loads), static served => Assert.InRange(served, 30, int.MaxValue));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_request_fails_while_the_proxy_drains_gracefully(int version)
    {
        var port = FreePorts.Next();
        Change(port, 0);
        using var client = Clients.Of(version);
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(client, port, version, stop.Token);
        Assert.Equal("0", await client.GetStringAsync($"http://127.0.0.1:{port}/", s_cancel));
        _proxy.Server.DrainGracefully(DrainScope.All, closesListeners: true);
        for (var i = 0; i < 20; i++)
        {
            using var late = Clients.Of(version);
            using var answer = await late.GetAsync($"http://127.0.0.1:{port}/", s_cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            if (version == 1)
                Assert.True(answer.Headers.ConnectionClose);
        }
        await stop.CancelAsync();
        Assert.InRange(await load, 1, int.MaxValue);
        _proxy.Advance(s_drainTime);
        using var refused = Clients.Of(version);
        await Assert.ThrowsAsync<HttpRequestException>(() => refused.GetAsync($"http://127.0.0.1:{port}/", s_cancel));
    }

    [Fact]
    public void Idle_connections_may_be_used_once_more_and_end_when_they_are_not()
    {
        Serve(Listeners.Http("l"));
        using var used = new Client(_proxy.Address("l"));
        using var idle = new Client(_proxy.Address("l"));
        using var fresh = new Client(_proxy.Address("l"));
        Assert.EndsWith("ahoy", used.Ask(), StringComparison.Ordinal);
        Assert.EndsWith("ahoy", idle.Ask(), StringComparison.Ordinal);
        Eventually.True(() => _proxy.Stat(Stats + "downstream_cx_active") == 3, "all are connected");
        Serve(Listeners.Http("l", manager: "\"serverName\":\"new\","));
        var answer = used.Ask();
        Assert.Contains("\r\nserver: envoy\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nconnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.True(used.WaitForEnd());
        _proxy.Advance(TimeSpan.FromSeconds(5));
        Assert.True(idle.WaitForEnd());
        Assert.True(fresh.WaitForEnd());
        Assert.Equal(3, _proxy.Stat(Stats + "downstream_cx_drain_close"));
        Assert.Equal(0, _proxy.Stat(Stats + "downstream_cx_idle_timeout"));
    }

    [Fact]
    public void Http2_is_told_twice_and_what_it_opened_before_is_served()
    {
        Serve(Listeners.Http("l"));
        using var client = new Http2Client(_proxy.Address("l"));
        client.Get(1);
        client.WaitFor("DATA 1 4 END");
        using var idle = new Http2Client(_proxy.Address("l"));
        idle.WaitFor("SETTINGS ACK");
        Serve(Listeners.Http("m"));
        client.Get(3);
        client.WaitFor("GOAWAY 2147483647 NoError");
        client.WaitFor("PING 647261696E2E2E2E");
        client.WaitFor("DATA 3 4 END");
        client.Get(5);
        client.Send(Frames.Frame(0x6, Frames.Ack, 0, [.. "drain..."u8]), Frames.Ping());
        client.WaitFor("DATA 5 4 END");
        client.WaitFor("PING ACK");
        _proxy.Advance(TimeSpan.FromSeconds(1));
        client.WaitFor("GOAWAY 5 NoError");
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Empty(client.WaitForEnd());
        // Whom nothing was asked of since is told when drain_timeout is over, and need not answer.
        Assert.Equal(0, idle.Socket.Available);
        _proxy.Advance(TimeSpan.FromSeconds(4));
        idle.WaitFor("GOAWAY 2147483647 NoError");
        _proxy.Advance(TimeSpan.FromSeconds(5));
        idle.WaitFor("GOAWAY 0 NoError");
    }

    [Fact]
    public void A_request_under_way_is_finished_and_one_that_never_ends_is_cut_off()
    {
        using var upstream = new Held();
        _proxy.Clusters(upstream.Port);
        const string Unlimited = """{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0s"}}""";
        Serve(Listeners.Http("l", Unlimited), Listeners.Tcp("t"));
        using var finished = Begin("l");
        using var stuck = Begin("l");
        using var tcp = Begin("t");
        Serve(Listeners.Http("other"));
        foreach (var address in new[] { finished, tcp })
            Assert.Throws<SocketException>(() => new Client((IPEndPoint)address.Socket.RemoteEndPoint!));
        upstream.Answer(0);
        Assert.EndsWith("held", finished.ReadAnswer(), StringComparison.Ordinal);
        upstream.Answer(2);
        Assert.EndsWith("held", tcp.ReadAnswer(), StringComparison.Ordinal);
        _proxy.Advance(s_drainTime - TimeSpan.FromSeconds(1));
        Assert.Equal(0, stuck.Socket.Available);
        Assert.Equal(3, _proxy.Telemetry.Stats.ActiveConnections + 1);
        _proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.True(stuck.WaitForEnd());
        Assert.True(tcp.WaitForEnd());
        Eventually.True(() => _proxy.Telemetry.Stats.ActiveConnections == 0, "nobody is left");

        Client Begin(string listener)
        {
            var client = new Client(_proxy.Address(listener));
            client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            upstream.Accept();
            return client;
        }
    }

    [Fact]
    public async Task Connections_that_the_kernel_took_for_a_listener_that_goes_are_served()
    {
        Serve(Listeners.Http("l"));
        var at = _proxy.Address("l");
        using var busy = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        // While the worker does not look, connections wait in the kernel.
        _proxy
            .Server.Workers[0]
            .Loop.Post(() =>
            {
                blocked.Set();
                busy.Wait(s_cancel);
            });
        blocked.Wait(s_cancel);
        using var waiting = new Client(at);
        waiting.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var closing = Task.Run(() => Serve(Listeners.Http("other")), s_cancel);
        busy.Set();
        Assert.EndsWith("ahoy", waiting.ReadAnswer(), StringComparison.Ordinal);
        await closing.WaitAsync(TimeSpan.FromSeconds(60), s_cancel);
    }

    [Fact]
    public void A_graceful_drain_of_inbound_listeners_leaves_the_others_alone()
    {
        Serve(
            Listeners.Http("l", listener: "\"trafficDirection\":\"INBOUND\","),
            Listeners.Http("o", listener: "\"trafficDirection\":\"OUTBOUND\",")
        );
        _proxy.Server.DrainGracefully(DrainScope.Inbound, closesListeners: false);
        using var inbound = new Client(_proxy.Address("l"));
        using var outbound = new Client(_proxy.Address("o"));
        Assert.Contains("\r\nconnection: close\r\n", inbound.Ask(), StringComparison.Ordinal);
        Assert.DoesNotContain("connection: close", outbound.Ask(), StringComparison.Ordinal);
        _proxy.Advance(TimeSpan.FromMinutes(1));
        using var late = new Client(_proxy.Address("l"));
        Assert.EndsWith("ahoy", late.Ask(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_that_is_to_look_unhealthy_lets_connections_end_unless_they_drain_for_changes_alone()
    {
        Serve(Listeners.Http("l"), Listeners.Http("m", listener: "\"drainType\":\"MODIFY_ONLY\","));
        using var first = new Client(_proxy.Address("l"));
        using var second = new Client(_proxy.Address("m"));
        Assert.DoesNotContain("connection: close", first.Ask(), StringComparison.Ordinal);
        _proxy.Telemetry.Health.IsFailed = true;
        Assert.Contains("\r\nconnection: close\r\n", first.Ask(), StringComparison.Ordinal);
        Assert.DoesNotContain("connection: close", second.Ask(), StringComparison.Ordinal);
        _proxy.Telemetry.Health.IsFailed = false;
        using var third = new Client(_proxy.Address("l"));
        Assert.DoesNotContain("connection: close", third.Ask(), StringComparison.Ordinal);
    }

    private static async Task<int> LoadAsync(HttpClient client, int port, int version, CancellationToken stop)
    {
        var served = 0;
        while (!stop.IsCancellationRequested || served < 30)
        {
            using var answer = await client.GetAsync($"http://127.0.0.1:{port}/", s_cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(version, answer.Version.Major);
            Assert.InRange(int.Parse(await answer.Content.ReadAsStringAsync(s_cancel)), 0, 30);
            served++;
        }
        return served;
    }

    /// <summary>On return the listeners serve, and those before drain.</summary>
    private void Serve(params (string, string)[] listeners)
    {
        Assert.Empty(_proxy.Apply<Listener>(TypeUrls.Listener, listeners));
        _proxy.Advance(TimeSpan.Zero);
    }

    /// <summary>Listener l at a port, whose answer is a number.</summary>
    private void Change(int port, int revision)
    {
        var (name, json) = Listeners.Http(
            "l",
            $$"""{"match":{"prefix":"/"},"directResponse":{"status":200,"body":{"inlineString":"{{revision}}"} } }"""
        );
        Serve((name, json).At(port));
    }

    /// <summary>An upstream that answers when the test says so.</summary>
    private sealed class Held : IDisposable
    {
        private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _accepted = [];

        public Held()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

        /// <summary>Waits for the next connection, and for the first bytes on it.</summary>
        public void Accept()
        {
            Assert.True(_listener.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));
            var socket = _listener.Accept();
            socket.ReceiveTimeout = 60_000;
            socket.Receive(new byte[1000]);
            _accepted.Add(socket);
        }

        public void Answer(int connection) =>
            _accepted[connection].Send(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nheld"));

        public void Dispose()
        {
            _listener.Dispose();
            foreach (var socket in _accepted)
                socket.Dispose();
        }
    }
}
