// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Security.Cryptography;
using DataPlane.Tests.Net;
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Tcp;

namespace DataPlane.Tests.Tcp;

/// <summary>One direction of a relay: what comes in goes out, whichever way it takes through the kernel.</summary>
public sealed class TcpPumpTests : IDisposable
{
    private readonly LoopFixture _fixture = new();
    private readonly TaskCompletionSource<(long Bytes, long Spliced, int Result)> _over = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(10_000_019)]
    public async Task Everything_arrives(int length)
    {
        var data = RandomNumberGenerator.GetBytes(length);
        // The first bytes wait in the kernel when the pump starts, so that it meets them at one stretch.
        var waiting = Math.Min(length, 192 * 1024);
        var (source, sink) = await RelayedPair(data[..waiting]);
        using var from = source;
        using var to = sink;
        var sending = InBackground(() =>
        {
            SendAll(from, data[waiting..]);
            from.Shutdown(SocketShutdown.Send);
        });
        Assert.Equal(data, ReadAll(to));
        await sending;
        var (bytes, spliced, result) = await _over.Task;
        Assert.Equal(length, bytes);
        Assert.Equal(IoResult.EndOfStream, result);
        Assert.Equal(length > 1_000_000, spliced > 0);
    }

    [Fact]
    public async Task Small_exchanges_are_copied_and_bulk_is_spliced_in_turns()
    {
        var (source, sink) = await RelayedPair();
        using var from = source;
        using var to = sink;
        using var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var seen = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var round = 0; round < 5; round++)
        {
            foreach (var length in new[] { 100, 3_000_000, 7 })
            {
                var data = RandomNumberGenerator.GetBytes(length);
                expected.AppendData(data);
                var sending = InBackground(() => SendAll(from, data));
                seen.AppendData(ReadExactly(to, length));
                await sending;
            }
        }
        from.Shutdown(SocketShutdown.Send);
        Assert.Empty(ReadAll(to));
        Assert.Equal(expected.GetHashAndReset(), seen.GetHashAndReset());
        Assert.Equal(5 * 3_000_107, (await _over.Task).Bytes);
    }

    [Fact]
    public async Task A_sender_waits_for_a_receiver_that_does_not_read()
    {
        var (source, sink) = await RelayedPair();
        using var from = source;
        using var to = sink;
        from.Blocking = false;
        var buffer = new byte[1024 * 1024];
        long sent = 0;
        // Kernel buffers and the pipe take what they take; then nobody takes anything for a whole second of asking.
        for (var refusals = 0; refusals < 10; )
        {
            var taken = from.Send(buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                refusals = from.Poll(100_000, SelectMode.SelectWrite) ? 0 : refusals + 1;
            else
                sent += taken;
            Assert.InRange(sent, 0, 64 * 1024 * 1024);
        }
        from.Blocking = true;
        from.Shutdown(SocketShutdown.Send);
        Assert.Equal(sent, ReadAll(to).Length);
    }

    [Fact]
    public async Task A_receiver_that_breaks_ends_the_pump_and_no_byte_meets_the_next_connection()
    {
        var (source, sink) = await RelayedPair();
        using var from = source;
        var sending = InBackground(() => SendUntilBroken(from));
        ReadExactly(sink, 2_000_000);
        sink.LingerState = new LingerOption(true, 0);
        sink.Dispose();
        Assert.Equal(IoResult.Failed, (await _over.Task).Result);
        await sending;
        Assert.Equal(0, await _fixture.OnLoop(HeldInPool));
    }

    /// <summary>Sockets at both ends of a pump: what is sent into the first comes out of the second.</summary>
    /// <param name="waiting">Bytes that are sent before the pump starts.</param>
    private async Task<(Socket From, Socket To)> RelayedPair(byte[]? waiting = null)
    {
        var first = new TaskCompletionSource<ByteStream>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _fixture.Serve(stream =>
        {
            if (first.TrySetResult(stream))
                return new LoopTask<int>(0);
            return PumpAsync(first.Task.GetAwaiter().GetResult(), stream);
        });
        var from = LoopFixture.Dial(at);
        await first.Task;
        SendAll(from, waiting ?? []);
        return (from, LoopFixture.Dial(at));
    }

    private async LoopTask<int> PumpAsync(ByteStream from, ByteStream to)
    {
        var pump = new TcpPump(_fixture.Loop, from, to, static () => { });
        var result = await pump.RunAsync();
        from.Close();
        to.Close();
        _over.SetResult((pump.Bytes, pump.SplicedBytes, result));
        return result;
    }

    /// <summary>Bytes that pipes kept for the next connection hold.</summary>
    private int HeldInPool()
    {
        var pipe = _fixture.Loop.Pipes.Rent()!;
        var held = pipe.Held;
        _fixture.Loop.Pipes.Return(pipe);
        return held;
    }

    private static Task InBackground(Action action) => Task.Run(action, TestContext.Current.CancellationToken);

    private static void SendAll(Socket socket, byte[] data)
    {
        for (var sent = 0; sent < data.Length; )
            sent += socket.Send(data.AsSpan(sent));
    }

    private static void SendUntilBroken(Socket socket)
    {
        var buffer = new byte[256 * 1024];
        try
        {
            while (true)
                socket.Send(buffer);
        }
        catch (SocketException)
        {
            // what the test waits for
        }
    }

    private static byte[] ReadExactly(Socket socket, int length)
    {
        var data = new byte[length];
        for (var got = 0; got < length; )
        {
            var more = socket.Receive(data.AsSpan(got));
            Assert.NotEqual(0, more);
            got += more;
        }
        return data;
    }

    private static byte[] ReadAll(Socket socket)
    {
        using var data = new MemoryStream();
        var buffer = new byte[256 * 1024];
        for (int got; (got = socket.Receive(buffer)) > 0; )
            data.Write(buffer, 0, got);
        return data.ToArray();
    }
}
