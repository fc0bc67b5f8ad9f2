// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;

namespace DataPlane.Tests.Net;

public sealed class ByteStreamTests : IDisposable
{
    private readonly LoopFixture _loop = new();

    public void Dispose() => _loop.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Bytes_come_back_from_an_echo(string address)
    {
        var at = await _loop.Serve(LoopFixture.Echo, NetAddress.From(IPAddress.Parse(address), 0));
        using var client = LoopFixture.Dial(at);
        client.Send("ahoy"u8);
        Assert.Equal("ahoy"u8.ToArray(), Receive(client, 4));
    }

    [Theory]
    [InlineData("/tmp/lateen-test-")]
    [InlineData("@lateen-test-")]
    public async Task Unix_sockets_work_by_path_and_by_abstract_name(string prefix)
    {
        var path = prefix + Guid.NewGuid().ToString("N");
        var at = await _loop.Serve(LoopFixture.Echo, NetAddress.FromUnixPath(path));
        var echoed = await _loop.OnLoop(() => Ask(NetAddress.FromUnixPath(path), "ahoy"));
        Assert.Equal("ahoy", echoed);
        Assert.Equal(AddressFamilyKind.Unix, at.Family);
        File.Delete(path);
    }

    [Fact]
    public async Task A_large_write_waits_for_a_slow_reader_and_arrives_whole()
    {
        var sent = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(sent);
        var begun = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _loop.Serve(Send);
        using var client = LoopFixture.Dial(at);
        // A reader that is as fast as the writer would let it finish at once: nothing is read until the write waits.
        var completedEarly = await begun.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);
        var received = Receive(client, sent.Length);
        Assert.False(completedEarly);
        Assert.Equal(sent, received);

        async LoopTask<int> Send(ByteStream stream)
        {
            var write = stream.WriteAsync(sent);
            begun.SetResult(write.IsCompleted);
            var result = await write;
            stream.Close();
            return result;
        }
    }

    [Fact]
    public async Task A_client_that_half_closes_still_gets_its_answer()
    {
        var at = await _loop.Serve(AnswerAtEnd);
        using var client = LoopFixture.Dial(at);
        client.Send("12345"u8);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("5"u8.ToArray(), Receive(client, 1));

        static async LoopTask<int> AnswerAtEnd(ByteStream stream)
        {
            int result;
            while ((result = await stream.ReadAsync()) > 0) { }
            await stream.WriteAsync("5"u8);
            stream.Close();
            return result;
        }
    }

    [Fact]
    public async Task Our_half_close_reaches_the_peer_while_we_go_on_reading()
    {
        var outcome = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _loop.Serve(ShutThenRead);
        using var client = LoopFixture.Dial(at);
        Assert.Equal(0, client.Receive(new byte[1]));
        client.Send("late"u8);
        Assert.Equal("late", await outcome.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken));

        async LoopTask<int> ShutThenRead(ByteStream stream)
        {
            stream.ShutdownWrite();
            await stream.ReadAsync();
            outcome.SetResult(System.Text.Encoding.ASCII.GetString(stream.Input));
            stream.Close();
            return 0;
        }
    }

    [Fact]
    public async Task A_refused_connection_is_a_value()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var nobody = NetAddress.From((IPEndPoint)taken.LocalEndPoint!);
        var result = await _loop.OnLoop(() => Connect(nobody));
        Assert.Equal(IoResult.Failed, result);
    }

    [Fact]
    public async Task Abort_wakes_a_reader_through_the_ready_queue()
    {
        var at = await _loop.Serve(LoopFixture.Echo);
        var result = await _loop.OnLoop(ReadUntilAborted);
        Assert.Equal(IoResult.Aborted, result);

        async LoopTask<int> ReadUntilAborted()
        {
            var stream = _loop.Loop.Connect(at)!;
            await stream.ConnectAsync();
            var read = stream.ReadAsync();
            stream.Abort();
            Assert.False(read.IsCompleted);
            var outcome = await read;
            stream.Close();
            return outcome;
        }
    }

    [Fact]
    public async Task A_watcher_learns_that_the_peer_left_while_nobody_reads()
    {
        var watcher = new Watcher();
        var at = await _loop.Serve(Watch);
        var client = LoopFixture.Dial(at);
        client.Dispose();
        await watcher.Told.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);

        LoopTask<int> Watch(ByteStream stream)
        {
            stream.CloseWatcher = watcher;
            return new LoopTask<int>(0);
        }
    }

    [Fact]
    public async Task A_reader_that_admits_little_is_told_when_the_buffer_is_full()
    {
        var outcome = new TaskCompletionSource<(int, int)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _loop.Serve(ReadALittle);
        using var client = LoopFixture.Dial(at);
        client.Send(new byte[100]);
        var (held, result) = await outcome.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(64, held);
        Assert.Equal(IoResult.BufferFull, result);

        async LoopTask<int> ReadALittle(ByteStream stream)
        {
            while (stream.Input.Length < 64)
                await stream.ReadAsync(64);
            outcome.SetResult((stream.Input.Length, await stream.ReadAsync(64)));
            stream.Close();
            return 0;
        }
    }

    [Fact]
    public async Task An_input_grows_to_64_KiB_for_a_reader_that_admits_it()
    {
        var outcome = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = new byte[60_000];
        new Random(2).NextBytes(sent);
        var at = await _loop.Serve(Gather);
        using var client = LoopFixture.Dial(at);
        client.Send(sent);
        Assert.Equal(sent, await outcome.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken));

        async LoopTask<int> Gather(ByteStream stream)
        {
            while (stream.Input.Length < sent.Length)
                await stream.ReadAsync(64 * 1024);
            outcome.SetResult(stream.Input.ToArray());
            stream.Close();
            return 0;
        }
    }

    [Fact]
    public async Task An_echo_allocates_nothing_once_it_runs()
    {
        var at = await _loop.Serve(LoopFixture.Echo);
        using var client = LoopFixture.Dial(at);
        Exchange(client, 200);
        var before = await _loop.OnLoop(GC.GetAllocatedBytesForCurrentThread);
        Exchange(client, 2_000);
        var after = await _loop.OnLoop(GC.GetAllocatedBytesForCurrentThread);
        // Asking costs a little itself; two thousand exchanges must add nothing to it.
        Assert.InRange(after - before, 0, 2_000);
    }

    private static void Exchange(Socket client, int times)
    {
        var buffer = new byte[64];
        for (var i = 0; i < times; i++)
        {
            client.Send(buffer);
            for (var got = 0; got < buffer.Length; )
                got += client.Receive(buffer, got, buffer.Length - got, SocketFlags.None);
        }
    }

    private async LoopTask<int> Connect(NetAddress address)
    {
        var stream = _loop.Loop.Connect(address)!;
        var result = await stream.ConnectAsync();
        stream.Close();
        return result;
    }

    private async LoopTask<string> Ask(NetAddress address, string text)
    {
        var stream = _loop.Loop.Connect(address)!;
        await stream.ConnectAsync();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text));
        while (stream.Input.Length < text.Length)
            await stream.ReadAsync();
        var answer = System.Text.Encoding.ASCII.GetString(stream.Input);
        stream.Close();
        return answer;
    }

    private static byte[] Receive(Socket socket, int length)
    {
        var buffer = new byte[length];
        for (var got = 0; got < length; )
        {
            var received = socket.Receive(buffer, got, length - got, SocketFlags.None);
            Assert.NotEqual(0, received);
            got += received;
        }
        return buffer;
    }

    private sealed class Watcher : IPeerCloseWatcher
    {
        public TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnPeerClosed(ByteStream stream) => Told.TrySetResult();
    }
}
