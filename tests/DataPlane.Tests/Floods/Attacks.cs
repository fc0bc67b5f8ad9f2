// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Overload;

namespace DataPlane.Tests.Floods;

/// <summary>The floods that a proxy has to stand.</summary>
internal static partial class Attacks
{
    /// <summary>Pipes that a worker keeps for its next bulk transfers.</summary>
    private const int KeptPipes = 32;

    private const string SlowHead = "GET /x HTTP/1.1\r\nHost: a\r\nx-sl";
    private const string SlowBody = "POST /silent HTTP/1.1\r\nHost: a\r\ncontent-length: 100000\r\n\r\nhalf";
    private const string Big = "GET /big HTTP/1.1\r\nHost: a\r\n\r\n";

    public static IReadOnlyDictionary<string, Attack> All { get; } =
        OfFrames().Concat(OfConnections()).ToDictionary(StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, Attack>> OfConnections() =>
        [
            Row("endless head", static fixture => SayTooMuch(fixture.Http, 20), ("http.h.downstream_rq_4xx", 20)),
            Row(
                "slow headers",
                static fixture => HoldUntilClosed(fixture.Slow, 300, SlowHead),
                ("http.s.downstream_rq_header_timeout", 300)
            ),
            Row(
                "slow headers of HTTP/2",
                static fixture => HoldBlocks(fixture.Slow, 100),
                ("http.s.downstream_rq_header_timeout", 100)
            ),
            Row(
                "slow body",
                static fixture => HoldUntilClosed(fixture.Slow, 200, SlowBody),
                ("http.s.downstream_rq_timeout", 200)
            ),
            Row(
                "slow read",
                static fixture => DoNotRead(fixture, fixture.Slow, 40),
                ("http.s.downstream_rq_idle_timeout", 40)
            ),
            Row(
                "slow read of HTTP/2",
                static fixture => DoNotReadHttp2(fixture, fixture.Slow),
                ("http.s.downstream_rq_idle_timeout", 100)
            ),
            new(
                "slow read of TCP",
                new Attack(static fixture => DoNotRead(fixture, fixture.Tcp, 40), ("tcp.t.idle_timeout", 40))
                {
                    KeptDescriptors = 2 * KeptPipes,
                }
            ),
            Row(
                "idle hoarding",
                static fixture => HoldUntilClosed(fixture.Slow, 1000, ""),
                ("http.s.downstream_cx_idle_timeout", 1000)
            ),
            Row(
                "connection storm",
                static fixture => Storm(fixture.Limited),
                ("listener.LIMITED.downstream_cx_overflow", 1000)
            ),
            Row(
                "RST storm",
                static fixture => Reset(fixture.Slow, 200),
                ("http.s.downstream_cx_destroy_remote_active_rq", 200),
                ("http.s.downstream_rq_rx_reset", 200)
            ),
        ];

    private static KeyValuePair<string, Attack> Row(
        string name,
        Action<FloodFixture> run,
        params (string, long)[] refusals
    ) => new(name, new Attack(run, refusals));

    /// <summary>Sends a head that does not end.</summary>
    private static void SayTooMuch(IPEndPoint at, int count)
    {
        var fields = string.Concat(Enumerable.Repeat("x: " + new string('y', 1000) + "\r\n", 200));
        for (var i = 0; i < count; i++)
        {
            using var client = new Client(at);
            Try(() => client.Send("GET / HTTP/1.1\r\nHost: a\r\n" + fields));
            Assert.StartsWith("HTTP/1.1 431 ", client.ReadAnswer(), StringComparison.Ordinal);
            client.WaitForEnd();
        }
    }

    /// <summary>Begins blocks of fields, and waits until the proxy has had enough.</summary>
    private static void HoldBlocks(IPEndPoint at, int count)
    {
        var clients = Enumerable.Range(0, count).Select(_ => new Http2Client(at)).ToArray();
        foreach (var client in clients)
            client.Send(Frames.Headers(1, Frames.EndStream, s_get));
        foreach (var client in clients)
        {
            client.WaitFor("GOAWAY 0 EnhanceYourCalm");
            client.Dispose();
        }
    }

    /// <summary>Opens connections, says a little on each, and waits until the proxy has ended all of them.</summary>
    private static void HoldUntilClosed(IPEndPoint at, int count, string text)
    {
        var clients = Enumerable.Range(0, count).Select(_ => new Client(at)).ToArray();
        foreach (var client in clients)
            Try(() => client.Send(text));
        foreach (var client in clients)
        {
            client.WaitForEnd();
            client.Dispose();
        }
    }

    /// <summary>Asks for a body without end and leaves it there.</summary>
    private static void DoNotRead(FloodFixture fixture, IPEndPoint at, int count)
    {
        var clients = Enumerable.Range(0, count).Select(_ => new Client(at, isNarrow: true)).ToArray();
        foreach (var client in clients)
            client.Send(Big);
        fixture.Hold(clients);
    }

    /// <summary>The same, twenty connections with five streams each, whose windows are as large as they can be.</summary>
    private static void DoNotReadHttp2(FloodFixture fixture, IPEndPoint at)
    {
        var clients = Enumerable
            .Range(0, 20)
            .Select(_ => new Http2Client(at, Frames.Settings((4, int.MaxValue)), isNarrow: true))
            .ToArray();
        foreach (var client in clients)
        {
            client.Send(Frames.WindowUpdate(0, 1 << 30));
            for (uint id = 1; id < 10; id += 2)
                client.Get(id, "/big");
        }
        fixture.Hold(clients);
    }

    /// <summary>More connections than the listener takes, at once and again and again.</summary>
    private static void Storm(IPEndPoint at)
    {
        for (var round = 0; round < 10; round++)
        {
            var clients = Enumerable.Range(0, 200).Select(_ => new Client(at)).ToArray();
            // Those beyond the limit have ended when the last of them has.
            Assert.True(clients[^1].WaitForEnd());
            foreach (var client in clients)
                client.Dispose();
        }
    }

    /// <summary>Asks, waits for the answer's beginning, and resets the connection.</summary>
    private static void Reset(IPEndPoint at, int count)
    {
        var buffer = new byte[100];
        for (var i = 0; i < count; i++)
        {
            using var client = new Client(at);
            client.Send(Big);
            client.Socket.Receive(buffer);
            client.Socket.LingerState = new LingerOption(true, 0);
        }
    }

    private static void Try(Action send)
    {
        try
        {
            send();
        }
        catch (SocketException)
        {
            // The proxy was faster.
        }
    }
}
