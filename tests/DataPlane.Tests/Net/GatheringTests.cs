// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Streams;

namespace DataPlane.Tests.Net;

/// <summary>
/// What comes in one turn: all of it is received before any of it is acted on, and what one acts must not harm what the
/// other has received.
/// </summary>
public sealed class GatheringTests : IDisposable
{
    private readonly LoopFixture _loop = new();
    private readonly List<ByteStream> _streams = [];

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task Bytes_of_all_that_come_in_a_turn_reach_their_readers()
    {
        var at = await _loop.Serve(LoopFixture.Echo);
        var clients = Enumerable.Range(0, 50).Select(_ => LoopFixture.Dial(at)).ToArray();
        using (Hold())
        {
            for (var i = 0; i < clients.Length; i++)
                clients[i].Send([(byte)i]);
        }
        for (var i = 0; i < clients.Length; i++)
        {
            Assert.Equal([(byte)i], Receive(clients[i], 1));
            clients[i].Dispose();
        }
    }

    /// <summary>Whichever is first aborts the other, which has its bytes already.</summary>
    [Fact]
    public async Task A_stream_that_another_aborts_in_the_same_turn_is_told_so()
    {
        var results = new List<int>();
        var isDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _loop.Serve(AbortTheOther);
        using var one = LoopFixture.Dial(at);
        using var two = LoopFixture.Dial(at);
        await Until(() => _streams.Count == 2);
        using (Hold())
        {
            one.Send("a"u8);
            two.Send("b"u8);
        }
        await isDone.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);
        Assert.Equal([1, IoResult.Aborted], results);

        async LoopTask<int> AbortTheOther(ByteStream stream)
        {
            _streams.Add(stream);
            var result = await stream.ReadAsync();
            results.Add(result);
            foreach (var other in _streams)
            {
                if (!ReferenceEquals(other, stream))
                    other.Abort();
            }
            stream.Close();
            if (results.Count == 2)
                isDone.SetResult();
            return 0;
        }
    }

    /// <summary>A cancelled read that has its bytes ends with one or the other, and loses nothing.</summary>
    [Fact]
    public async Task A_read_that_another_cancels_in_the_same_turn_loses_nothing()
    {
        var at = await _loop.Serve(CancelTheOther);
        using var one = LoopFixture.Dial(at);
        using var two = LoopFixture.Dial(at);
        await Until(() => _streams.Count == 2);
        using (Hold())
        {
            one.Send("a"u8);
            two.Send("a"u8);
        }
        Assert.Equal("a"u8.ToArray(), Receive(one, 1));
        Assert.Equal("a"u8.ToArray(), Receive(two, 1));

        async LoopTask<int> CancelTheOther(ByteStream stream)
        {
            _streams.Add(stream);
            while (stream.Input.IsEmpty)
                _ = await stream.ReadAsync();
            foreach (var other in _streams)
                other.CancelRead();
            await stream.WriteAsync(stream.Input);
            stream.Consume(1);
            while (await stream.ReadAsync() is var result && (result > 0 || !stream.PeerHasClosed)) { }
            stream.Close();
            return 0;
        }
    }

    [Fact]
    public async Task All_that_wait_to_be_accepted_are()
    {
        var at = await _loop.Serve(LoopFixture.Echo);
        var clients = new List<Socket>();
        using (Hold())
        {
            for (var i = 0; i < 200; i++)
                clients.Add(LoopFixture.Dial(at));
        }
        foreach (var client in clients)
        {
            client.Send("a"u8);
            Assert.Equal("a"u8.ToArray(), Receive(client, 1));
            client.Dispose();
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.2", "127.0.0.2", "127.0.0.2")]
    [InlineData("0.0.0.0", "127.0.0.3", "127.0.0.3")]
    [InlineData("::", "::1", "::1")]
    public async Task The_local_address_is_where_the_client_went(string bound, string dialled, string expected)
    {
        var local = new TaskCompletionSource<NetAddress>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _loop.Serve(Tell, NetAddress.From(IPAddress.Parse(bound), 0));
        using var client = LoopFixture.Dial(NetAddress.From(IPAddress.Parse(dialled), at.Port));
        Assert.Equal(
            NetAddress.From(IPAddress.Parse(expected), at.Port),
            await local.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken)
        );

        LoopTask<int> Tell(ByteStream stream)
        {
            local.SetResult(stream.GetLocalAddress());
            stream.Close();
            return new LoopTask<int>(0);
        }
    }

    /// <summary>Keeps the loop from its next turn until it is disposed.</summary>
    private HeldLoop Hold()
    {
        var held = new HeldLoop();
        _loop.Loop.Post(held.Wait);
        held.WaitUntilHeld();
        return held;
    }

    private async Task Until(Func<bool> condition)
    {
        while (!await _loop.OnLoop(condition))
            await Task.Yield();
    }

    private static byte[] Receive(Socket socket, int count)
    {
        var bytes = new byte[count];
        return bytes[..socket.Receive(bytes)];
    }

    private sealed class HeldLoop : IDisposable
    {
        private readonly ManualResetEventSlim _isHeld = new();
        private readonly ManualResetEventSlim _isReleased = new();

        public void Wait()
        {
            _isHeld.Set();
            _isReleased.Wait(LoopFixture.Patience);
        }

        public void WaitUntilHeld() => Assert.True(_isHeld.Wait(LoopFixture.Patience));

        public void Dispose() => _isReleased.Set();
    }
}
