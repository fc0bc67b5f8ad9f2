// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Overload;

namespace DataPlane.Tests.Floods;

/// <summary>Floods of frames: each is the same again and again, until GOAWAY.</summary>
internal static partial class Attacks
{
    private const string Stat = "http.h.";
    private const string Calm = "EnhanceYourCalm";
    private const string Rule = "ProtocolError";
    private const string PrematureResets = "downstream_rq_too_many_premature_resets";

    /// <summary>Connections, one after the other, that each do it until they are thrown out.</summary>
    private const int Times = 3;

    private static readonly byte[] s_get = Frames.Request();

    private static IEnumerable<KeyValuePair<string, Attack>> OfFrames() =>
        [
            Row("rapid reset", PrematureResets, Calm, static id => [Open(id), Frames.RstStream(id, 8)]),
            Row(
                "early reset by bad frames",
                PrematureResets,
                Calm,
                static id => [Open(id), Frames.WindowUpdate(id, 0)]
            ),
            Row(
                "CONTINUATION",
                "http2.inbound_continuation_frames_flood",
                Calm,
                static id => id == 1 ? [Frames.Headers(1, 0, s_get)] : [Frames.Continuation(1, 0, Frames.Block("a: b"))]
            ),
            Row(
                "empty CONTINUATION",
                "http2.inbound_empty_frames_flood",
                Calm,
                static id => id == 1 ? [Frames.Headers(1, 0, s_get)] : [Frames.Continuation(1, 0, [])]
            ),
            Row(
                "empty DATA",
                "http2.inbound_empty_frames_flood",
                Calm,
                static id => id == 1 ? [Open(1)] : [Frames.Data(1, 0, 0)]
            ),
            Row(
                "empty HEADERS",
                "http2.rx_messaging_error",
                Rule,
                static id => [Frames.Headers(id, Frames.EndHeaders, [])]
            ),
            Row(
                "WINDOW_UPDATE by 1",
                "http2.inbound_window_update_frames_flood",
                Calm,
                static id => id == 1 ? [Open(1)] : [Frames.WindowUpdate(0, 1)]
            ),
            Row("WINDOW_UPDATE by 0", "downstream_cx_protocol_error", Rule, static _ => [Frames.WindowUpdate(0, 0)]),
            Row(
                "PRIORITY",
                "http2.inbound_priority_frames_flood",
                Calm,
                static id => [Frames.Frame(0x2, 0, id, 0, 0, 0, 0, 1)]
            ),
            Row(
                "HPACK bomb",
                "http2.header_overflow",
                Calm,
                static id => [Frames.Headers(id, Frames.EndHeaders, Bomb(id))]
            ),
            Row(
                "too many fields",
                "http2.header_overflow",
                Calm,
                static id => [Frames.Headers(id, Frames.EndHeaders, s_many)]
            ),
            Row("too large fields", "http2.header_overflow", Calm, static id => TooLarge(id)),
            Row("SETTINGS that are not heard", "http2.outbound_control_flood", static _ => [Frames.EmptySettings]),
            Row("PING that is not heard", "http2.outbound_control_flood", static _ => [Frames.Ping()]),
            Row(
                "RST_STREAM that is not heard",
                "http2.outbound_control_flood",
                static id => id == 1 ? [Open(1), Frames.RstStream(1, 8)] : [Frames.Data(1, 0, 1)]
            ),
            new("requests whose answers are not heard", new Attack(AskUnheard, (Stat + "http2.outbound_flood", Times))),
            new(
                "streams at a time",
                new Attack(
                    static fixture => OpenTooMany(fixture, MostStreams + Refused),
                    (Stat + "http2.stream_refused_errors", Refused)
                )
            ),
        ];

    private const int MostStreams = 1024;
    private const int Refused = 100;
    private static readonly byte[] s_getBusy = Frames.Block(
        ":method: GET",
        ":scheme: http",
        ":path: /busy",
        ":authority: a.test"
    );
    private static readonly byte[] s_many =
    [
        .. s_get,
        .. Frames.Block(Enumerable.Range(0, 101).Select(static i => ($"x-{i}", "y"))),
    ];

    /// <summary>An attacker that reads what it is told.</summary>
    private static KeyValuePair<string, Attack> Row(
        string name,
        string stat,
        string code,
        Func<uint, byte[][]> frames
    ) => new(name, new Attack(fixture => Repeat(fixture, code, frames), (Stat + stat, Times)));

    /// <summary>One that does not, so that the answers pile up.</summary>
    private static KeyValuePair<string, Attack> Row(string name, string stat, Func<uint, byte[][]> frames) =>
        new(name, new Attack(fixture => RepeatUnheard(fixture, frames), (Stat + stat, Times)));

    /// <summary>Sends the same again and again, with a stream id that grows, until the proxy says what it thinks of it.</summary>
    private static void Repeat(FloodFixture fixture, string code, Func<uint, byte[][]> frames)
    {
        // What a proxy without limits would take for ever ends here, and fails for want of a refusal.
        const int Most = 20_000;
        const int Batch = 32;
        for (var time = 0; time < Times; time++)
        {
            using var client = new Http2Client(fixture.Http);
            var seen = new List<string>();
            for (
                uint id = 1;
                id < Most * 2 && !seen.Exists(IsGoAway) && TrySend(client, id, Batch, frames);
                id += 2 * Batch
            )
                seen.AddRange(client.ReadReceived());
            if (!seen.Exists(IsGoAway))
                seen.AddRange(client.WaitForEnd());
            Assert.EndsWith(code, seen.Find(IsGoAway), StringComparison.Ordinal);
        }
    }

    /// <summary>The same, far more often than is admitted, before it looks for the first time.</summary>
    private static void RepeatUnheard(FloodFixture fixture, Func<uint, byte[][]> frames)
    {
        const int Count = 40_000;
        for (var time = 0; time < Times; time++)
        {
            using var client = new Http2Client(fixture.Http, isNarrow: true);
            Assert.True(TrySend(client, 1, Count, frames));
            Assert.EndsWith(Calm, client.WaitForEnd().Find(IsGoAway), StringComparison.Ordinal);
        }
    }

    private static bool TrySend(Http2Client client, uint id, int count, Func<uint, byte[][]> frames)
    {
        client.Socket.SendTimeout = 10_000;
        try
        {
            client.Send([.. Enumerable.Range(0, count).SelectMany(i => frames(id + (2 * (uint)i)))]);
            return true;
        }
        catch (SocketException failure)
            when (failure.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return false;
        }
    }

    private static bool IsGoAway(string frame) => frame.StartsWith("GOAWAY", StringComparison.Ordinal);

    /// <summary>Opens more streams than are announced, none of which is answered; those beyond are refused, the others are not.</summary>
    private static void OpenTooMany(FloodFixture fixture, int count)
    {
        using var client = new Http2Client(fixture.Http);
        Assert.True(
            TrySend(
                client,
                1,
                count,
                static id => [Frames.Headers(id, Frames.EndStream | Frames.EndHeaders, s_getBusy)]
            )
        );
        for (var i = MostStreams; i < count; i++)
            client.WaitFor($"RST_STREAM {(2 * i) + 1} RefusedStream");
        client.Send(Frames.LastPing());
        client.WaitFor("PING ACK FFEEDDCCBBAA9988");
    }

    private static byte[] Open(uint id) => Frames.Headers(id, Frames.EndHeaders, s_get);

    /// <summary>A field of 4000 bytes in the first block; then a block of 64 references to it, which come to 250 KiB.</summary>
    private static byte[] Bomb(uint id)
    {
        var references = Enumerable.Repeat((byte)0xbe, 64);
        if (id > 1)
            return [.. s_get, .. references];
        byte[] field = [0x40, 1, (byte)'x', 0x7f, 0xa1, 0x1e, .. Enumerable.Repeat((byte)'y', 4000)];
        return [.. s_get, .. field, .. references];
    }

    /// <summary>
    /// Asks again and again for what the proxy answers by itself, and does not read, until the proxy has had enough. Each answer is a head
    /// as long as the question, and another one each time. What it is told stands behind the answers.
    /// </summary>
    private static void AskUnheard(FloodFixture fixture)
    {
        for (var time = 0; time < Times; time++)
        {
            using var client = new Http2Client(fixture.Http, isNarrow: true);
            client.Socket.Blocking = false;
            var before = Floods(fixture);
            ReadOnlyMemory<byte> rest = default;
            uint id = 1;
            Eventually.True(
                () =>
                {
                    // More than fits into the kernel on both sides is left for the next time.
                    for (var sent = 0; sent < 1000; sent++, id += 2)
                    {
                        if (rest.IsEmpty)
                            rest = Frames.Headers(id, Frames.EndStream | Frames.EndHeaders, Moved(id));
                        var taken = client.Socket.Send(rest.Span, SocketFlags.None, out var error);
                        rest = rest[Math.Max(taken, 0)..];
                        if (error != SocketError.Success || !rest.IsEmpty)
                            break;
                    }
                    return Floods(fixture) > before;
                },
                "the proxy has had enough"
            );
            client.Socket.Blocking = true;
            Assert.EndsWith(Calm, client.WaitForEnd().Find(IsGoAway), StringComparison.Ordinal);
        }
    }

    private static long Floods(FloodFixture fixture) =>
        fixture.Proxy.StatsAsync().GetAwaiter().GetResult()[Stat + "http2.outbound_flood"];

    private static byte[] Moved(uint id) =>
        Frames.Block(
            ":method: GET",
            ":scheme: http",
            $":path: /moved/{new string('z', 400)}{id}",
            ":authority: a.test"
        );

    /// <summary>64 KiB of fields, as they are, in five frames.</summary>
    private static byte[][] TooLarge(uint id) =>
        [
            Frames.Headers(id, 0, s_get),
            Frames.Continuation(id, 0, s_large),
            Frames.Continuation(id, 0, s_large),
            Frames.Continuation(id, 0, s_large),
            Frames.Continuation(id, Frames.EndHeaders, s_large),
        ];

    private static readonly byte[] s_large = Frames.Block([("x", new string('y', 16_300))]);
}
