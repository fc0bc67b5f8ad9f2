// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CsCheck;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Streams;

namespace DataPlane.Tests.Filters;

/// <summary>Bodies on their way through filters, with a client and an upstream that take as little at a time as they like.</summary>
public sealed class BodyPathTests : IDisposable
{
    private readonly EventLoop _loop = new("test");
    private readonly StreamInfo _info = new();

    public void Dispose() => _loop.Dispose();

    /// <summary>Pieces that the body comes in, and room that the other side has, turn by turn.</summary>
    private static readonly Gen<(string[] Pieces, int[] Rooms)> s_turns = Gen.Select(
        Gen.String[Gen.Char['a', 'z'], 0, 30].Array[0, 8],
        Gen.Int[1, 12].Array[1, 5]
    );

    [Fact]
    public void A_body_is_what_its_filters_make_of_it_whatever_the_pieces() =>
        s_turns.Sample(
            turns =>
            {
                var body = string.Concat(turns.Pieces);
                var path = new BodyPath(_loop, _info, isRequest: true);
                path.Add(new Doubler());
                path.Add(new Closer());
                path.Restart();
                var (from, to) = (new Fake(turns.Pieces), new Fake([]));
                Assert.Equal(body.Length, Move(path, from, to, turns.Rooms));
                Assert.Equal(string.Concat(body.Select(static c => $"{c}{c}")) + "|", to.Text);
                Assert.Equal(
                    turns.Pieces.Length == 0 ? "" : "x-end: yes",
                    to.Trailers.Count == 0 ? "" : Line(to.Trailers)
                );
                path.Clear();
            },
            threads: 1
        );

    [Fact]
    public void A_response_meets_the_filters_in_reverse_and_counts_what_is_sent() =>
        s_turns.Sample(
            turns =>
            {
                var body = string.Concat(turns.Pieces);
                var path = new BodyPath(_loop, _info, isRequest: false);
                path.Add(new Doubler());
                path.Add(new Closer());
                var (from, to) = (new Fake(turns.Pieces), new Fake([]));
                var sent = Move(path, from, to, turns.Rooms);
                Assert.Equal(string.Concat(body.Select(static c => $"{c}{c}")) + "||", to.Text);
                Assert.Equal(to.Text.Length, sent);
                path.Clear();
            },
            threads: 1
        );

    [Fact]
    public void A_request_that_is_sent_again_starts_anew()
    {
        var path = new BodyPath(_loop, _info, isRequest: true);
        path.Add(new Doubler());
        path.Add(new Closer());
        for (var i = 0; i < 3; i++)
        {
            path.Restart();
            var (from, to) = (new Fake(["ab", "cd"]), new Fake([]));
            to.Admit(3);
            var bytes = 0L;
            Assert.Equal(BodyStatus.Data, path.Move(from, to, ref bytes));
            Assert.Equal("aab", to.Text);
        }
        path.Clear();
    }

    [Fact]
    public void A_filter_may_answer_for_a_body()
    {
        var reply = LocalReply.RouteNotFound;
        var path = new BodyPath(_loop, _info, isRequest: true);
        path.Add(new Critic('c', reply));
        var (from, to) = (new Fake(["ab", "cd"]), new Fake([]));
        to.Admit(100);
        var bytes = 0L;
        Assert.Equal(BodyStatus.NeedMore, path.Move(from, to, ref bytes));
        from.Arrive();
        Assert.Equal(BodyStatus.Fault, path.Move(from, to, ref bytes));
        Assert.Same(reply, path.Reply);
        Assert.Equal("ab", to.Text);
        path.Clear();
        Assert.Null(path.Reply);
    }

    [Theory]
    [InlineData(BodyKind.Known, BodyKind.Unknown)]
    [InlineData(BodyKind.Unknown, BodyKind.Unknown)]
    [InlineData(BodyKind.None, BodyKind.None)]
    [InlineData(BodyKind.Tunnel, BodyKind.Tunnel)]
    public void A_length_that_a_filter_changes_is_not_announced(object kind, object expected)
    {
        var path = new BodyPath(_loop, _info, isRequest: true);
        var length = new BodyLength((BodyKind)kind, 5);
        Assert.Equal(length, path.Announce(length));
        path.Add(new Critic('c', LocalReply.RouteNotFound));
        Assert.Equal(length, path.Announce(length));
        path.Add(new Doubler());
        Assert.Equal((BodyKind)expected, path.Announce(length).Kind);
    }

    /// <summary>Moves all of a body, giving the outgoing side room each time it waits for some; counts as the path does.</summary>
    private static long Move(BodyPath path, Fake from, Fake to, int[] rooms)
    {
        var bytes = 0L;
        for (var turn = 0; ; turn++)
        {
            var status = path.Move(from, to, ref bytes);
            if (status == BodyStatus.Complete)
                return bytes;
            Assert.True(turn < 1000, "the body does not end");
            if (status == BodyStatus.Data)
                to.Admit(rooms[turn % rooms.Length]);
            else
                from.Arrive();
        }
    }

    private static string Line(HeaderMap headers) =>
        $"{Encoding.ASCII.GetString(headers.Name(0))}: {Encoding.ASCII.GetString(headers.Value(0))}";

    /// <summary>Sends every byte twice.</summary>
    private sealed class Doubler : StreamFilter
    {
        private byte[] _output = [];

        public override bool ResizesRequest => true;

        public override FilterVerdict OnRequestBody(StreamInfo stream, ref BodyPart part)
        {
            Double(ref part);
            return FilterVerdict.Continue;
        }

        public override void OnResponseBody(StreamInfo stream, ref BodyPart part) => Double(ref part);

        public override void Close() { }

        private void Double(ref BodyPart part)
        {
            _output = part.Data.ToArray().SelectMany(static octet => new[] { octet, octet }).ToArray();
            part.Data = _output;
        }
    }

    /// <summary>Adds a line at the end of the body.</summary>
    private sealed class Closer : StreamFilter
    {
        private bool _isClosed;

        public override FilterVerdict OnRequestBody(StreamInfo stream, ref BodyPart part)
        {
            Close(ref part);
            return FilterVerdict.Continue;
        }

        public override void RestartRequest() => _isClosed = false;

        public override void OnResponseBody(StreamInfo stream, ref BodyPart part) => Close(ref part);

        public override void Close() { }

        private void Close(ref BodyPart part)
        {
            Assert.False(_isClosed);
            _isClosed = part.IsEnd;
            if (part.IsEnd)
                part.Data = "|"u8;
        }
    }

    /// <summary>Does not like a byte.</summary>
    private sealed class Critic(char bad, LocalReply reply) : StreamFilter
    {
        public override FilterVerdict OnRequestBody(StreamInfo stream, ref BodyPart part) =>
            part.Data.Contains((byte)bad) ? FilterVerdict.Answer(reply) : FilterVerdict.Continue;

        public override void Close() { }
    }

    /// <summary>A stream whose body is there in pieces, or which has room in pieces.</summary>
    private sealed class Fake : HttpStream
    {
        private readonly Queue<byte[]> _pieces;
        private readonly StringBuilder _text = new();
        private byte[] _here = [];
        private bool _isEnd;
        private int _room;

        public Fake(string[] pieces)
        {
            _pieces = new Queue<byte[]>(pieces.Select(Encoding.ASCII.GetBytes));
            if (pieces.Length > 0)
                Trailers.Add("x-end"u8, "yes"u8);
            Arrive();
        }

        public string Text => _text.ToString();

        public override bool IsBodyComplete => _isEnd && _here.Length == 0;

        public override bool HasUnread => _here.Length > 0;

        public override int Held => 0;

        public override int Buffered => 0;

        public override int Room => _room;

        public void Admit(int room) => _room = room;

        public void Arrive()
        {
            if (_pieces.TryDequeue(out var piece))
                _here = [.. _here, .. piece];
            else
                _isEnd = true;
        }

        public override BodyStatus Read(int max, out ReadOnlySpan<byte> payload)
        {
            payload = _here.AsSpan(0, Math.Clamp(max, 0, _here.Length));
            _here = _here[payload.Length..];
            return !payload.IsEmpty ? BodyStatus.Data
                : IsBodyComplete ? BodyStatus.Complete
                : BodyStatus.NeedMore;
        }

        public override void Append(ReadOnlySpan<byte> payload)
        {
            Assert.InRange(payload.Length, 1, _room);
            _room -= payload.Length;
            _text.Append(Encoding.ASCII.GetString(payload));
        }

        public override void End(HeaderMap trailers)
        {
            for (var i = 0; i < trailers.Count; i++)
                Trailers.Add(trailers.Name(i), trailers.Value(i));
        }

        public override void Release() { }

        public override void Rewind() { }

        public override LoopTask<int> WaitForBodyAsync() => new(1);

        public override void CancelWait() { }

        public override LoopTask<int> FlushAsync() => new(1);

        public override LoopTask<int> WaitForRoomAsync() => new(1);

        public override void Abort() { }
    }
}
