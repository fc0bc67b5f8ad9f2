// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using CsCheck;
using Lateen.Http;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>Our client and our server back to back, with random work, random cuts and windows that are too small.</summary>
public sealed class Http2SimulationTests
{
    private static readonly string[] s_fields =
    [
        "x-request-id: ",
        "user-agent: lateen/1.0",
        "accept: */*",
        "cookie: session=0123456789abcdef",
        "authorization: Bearer x",
        "content-type: application/grpc",
    ];

    [Fact]
    public void Bytes_cut_anywhere_give_the_same_events() =>
        Gen.Int[0, int.MaxValue]
            .Sample(
                seed =>
                {
                    var input = RecordedClient(seed);
                    var whole = Endpoint.StartedServer();
                    whole.Feed(input);
                    var random = new Random(seed);
                    var cut = Endpoint.StartedServer();
                    for (var at = 0; at < input.Length; )
                    {
                        var count = Math.Min(input.Length - at, random.Next(1, 1 << random.Next(1, 15)));
                        Assert.Equal(Http2Fault.None, cut.Feed(input[at..(at + count)]));
                        at += count;
                    }
                    Assert.Equal(Merge(whole.Events), Merge(cut.Events));
                    Assert.Equal(whole.TakeFrames(), cut.TakeFrames());
                },
                iter: 200
            );

    [Fact]
    public void Everything_that_is_sent_arrives_whatever_the_windows_and_the_cuts() =>
        Gen.Int[0, int.MaxValue].Sample(seed => new Simulation(seed).Run(), iter: 150);

    /// <summary>What a client writes that sends requests with bodies and trailers, mixed.</summary>
    private static byte[] RecordedClient(int seed)
    {
        var random = new Random(seed);
        var client = new Endpoint(Http2Role.Client);
        client.Feed(Frames.Settings((4, 1 << 20)), Frames.WindowUpdate(0, 1 << 20));
        client.TakeOutput();
        var open = new List<uint>();
        var output = new List<byte>();
        for (var i = 0; i < 40; i++)
        {
            if (open.Count == 0 || random.Next(3) == 0)
                open.Add(client.Send("POST", $"/{i}", endOfStream: false, [.. Fields(random)]).Id);
            var id = open[random.Next(open.Count)];
            switch (random.Next(4))
            {
                case 0:
                    client.SendTrailers(id, "x-sum: 1");
                    open.Remove(id);
                    break;
                case 1:
                    client.Connection.Reset(client.Streams[id], Http2ErrorCode.Cancel);
                    open.Remove(id);
                    break;
                default:
                    client.Connection.SendData(
                        client.Streams[id],
                        new byte[random.Next(1, 20_000)],
                        endOfStream: false
                    );
                    break;
            }
            output.AddRange(client.TakeOutput());
        }
        return [.. output];
    }

    private static IEnumerable<string> Fields(Random random) =>
        s_fields.Where(_ => random.Next(2) == 0).Select(f => f[^1] == ' ' ? f + random.Next() : f);

    /// <summary>Body that comes in other pieces is the same body.</summary>
    private static List<string> Merge(List<string> events)
    {
        var merged = new List<string>();
        foreach (var line in events)
        {
            var start = line.StartsWith("data ", StringComparison.Ordinal) ? line[..(line.IndexOf(' ', 5) + 1)] : null;
            if (start is not null && merged.Count > 0 && merged[^1].StartsWith(start, StringComparison.Ordinal))
                merged[^1] += line[start.Length..];
            else
                merged.Add(line);
        }
        return merged;
    }

    /// <summary>Streams that echo: each side sends its body as fast as it may, and counts what it got.</summary>
    private sealed class Simulation
    {
        private readonly Random _random;
        private readonly Endpoint _client;
        private readonly Endpoint _server;
        private readonly Dictionary<uint, byte[]> _bodies = [];
        private readonly Dictionary<(Endpoint, uint), int> _sent = [];
        private readonly Dictionary<(Endpoint, uint), IncrementalHash> _received = [];
        private int _ended;

        public Simulation(int seed)
        {
            _random = new Random(seed);
            _client = new Endpoint(Http2Role.Client, Options()) { OnEvent = OnClientEvent };
            _server = new Endpoint(Http2Role.Server, Options()) { OnEvent = OnServerEvent };
        }

        public void Run()
        {
            var streams = _random.Next(1, 20);
            Wire.Exchange(_client, _server, _random);
            for (var i = 0; i < streams; i++)
            {
                var body = new byte[_random.Next(0, 1 << _random.Next(1, 19))];
                _random.NextBytes(body);
                var id = (uint)((i * 2) + 1);
                _bodies[id] = body;
                _client.Send("POST", $"/{i}", endOfStream: false, [.. Fields(_random)]);
                Send(_client, id);
                if (_random.Next(3) == 0)
                    Wire.Exchange(_client, _server, _random);
            }
            Wire.Exchange(_client, _server, _random);
            Assert.Equal(streams * 2, _ended);
            Assert.Equal(0, _client.Connection.ActiveStreams);
            Assert.Equal(0, _server.Connection.ActiveStreams);
            Assert.Equal(0, _server.Counters[Http2Counter.PendingSendBytes]);
            Assert.All(_client.Streams.Values, s => Assert.Equal(0, s.UnreleasedBytes));
        }

        private Http2Options Options() =>
            new()
            {
                InitialStreamWindowSize = 65_535 + _random.Next(0, 100_000),
                InitialConnectionWindowSize = 65_535 + _random.Next(0, 100_000),
                OutputBufferBytes = 1 << _random.Next(10, 17),
                HpackTableSize = _random.Next(3) == 0 ? _random.Next(0, 4096) : 4096,
                HpackHuffman = _random.Next(2) == 0,
            };

        private void OnServerEvent(Endpoint server, Http2Stream stream, string line)
        {
            if (line.StartsWith("request", StringComparison.Ordinal))
            {
                server.Respond(stream.Id, 200, endOfStream: false, [.. Fields(_random)]);
                Send(server, stream.Id);
            }
            else
                OnEvent(server, stream, line);
        }

        private void OnClientEvent(Endpoint client, Http2Stream stream, string line) => OnEvent(client, stream, line);

        private void OnEvent(Endpoint side, Http2Stream stream, string line)
        {
            if (line == "writable")
                Send(side, stream.Id);
            else if (line.StartsWith("data ", StringComparison.Ordinal))
                Receive(side, stream, line);
            else if (line.StartsWith("trailers", StringComparison.Ordinal))
                Check(side, stream.Id);
            Assert.DoesNotContain("reset", line, StringComparison.Ordinal);
        }

        private void Receive(Endpoint side, Http2Stream stream, string line)
        {
            var start = $"data {stream.Id} ".Length;
            var isEnd = stream.IsRemoteClosed;
            var data = Endpoint.Bytes(line)[start..^(isEnd ? 4 : 0)];
            if (!_received.TryGetValue((side, stream.Id), out var hash))
                _received[(side, stream.Id)] = hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(data);
            if (isEnd)
                Check(side, stream.Id);
        }

        private void Check(Endpoint side, uint id)
        {
            var expected = SHA256.HashData(_bodies[id]);
            var actual = _received.TryGetValue((side, id), out var hash)
                ? hash.GetCurrentHash()
                : SHA256.HashData(ReadOnlySpan<byte>.Empty);
            Assert.Equal(expected, actual);
            _ended++;
        }

        private void Send(Endpoint side, uint id)
        {
            var body = _bodies[id];
            var sent = _sent.GetValueOrDefault((side, id));
            var withTrailers = id % 4 == 1;
            while (sent < body.Length)
            {
                var piece = Math.Min(body.Length - sent, _random.Next(1, 30_000));
                var isLast = sent + piece == body.Length && !withTrailers;
                var taken = side.Connection.SendData(side.Streams[id], body.AsSpan(sent, piece), isLast);
                sent += taken;
                _sent[(side, id)] = sent;
                if (taken < piece)
                    return;
            }
            if (withTrailers)
                side.SendTrailers(id, "x-sum: 1");
            else if (body.Length == 0)
                side.Connection.SendData(side.Streams[id], default, endOfStream: true);
        }
    }
}
