// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using DataPlane.Tests.Tls;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Net;

/// <summary>Writes that leave at the end of the turn: nothing of them is lost, overtaken or unbounded.</summary>
public sealed class WriteSoonTests : IDisposable
{
    private const int Piece = 16 * 1024;

    private readonly LoopFixture _loop = new();

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task Bytes_leave_by_themselves()
    {
        var at = await _loop.Serve(static stream => stream.WriteSoonAsync("ahoy"u8));
        using var client = LoopFixture.Dial(at);
        Assert.Equal("ahoy"u8.ToArray(), Receive(client, 4));
    }

    [Fact]
    public async Task Later_writes_and_the_end_come_behind()
    {
        var written = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _loop.Serve(Write);
        using var client = LoopFixture.Dial(at);
        Assert.Equal("abcde"u8.ToArray(), Receive(client, 6));
        Assert.Equal(5, await written.Task);

        async LoopTask<int> Write(ByteStream stream)
        {
            await stream.WriteSoonAsync("a"u8);
            await stream.WriteSoonAsync("b"u8);
            await stream.WriteAsync("c"u8.ToArray());
            await stream.WriteSoonAsync("d"u8);
            await stream.WriteLastAsync("e"u8.ToArray());
            written.SetResult(stream.BytesWritten);
            stream.Close();
            return 0;
        }
    }

    [Fact]
    public async Task Closing_sends_what_was_to_leave()
    {
        var at = await _loop.Serve(Write);
        using var client = LoopFixture.Dial(at);
        Assert.Equal("ahoy"u8.ToArray(), Receive(client, 5));

        static async LoopTask<int> Write(ByteStream stream)
        {
            await stream.WriteSoonAsync("ahoy"u8);
            stream.Close();
            return 0;
        }
    }

    [Fact]
    public async Task A_slow_reader_makes_the_writer_wait_and_gets_all()
    {
        var waits = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(sent);
        var at = await _loop.Serve(Write);
        using var client = LoopFixture.Dial(at);
        Assert.True(await waits.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(sent, Receive(client, sent.Length + 1));

        async LoopTask<int> Write(ByteStream stream)
        {
            for (var start = 0; start < sent.Length; start += 1024)
            {
                var write = stream.WriteSoonAsync(sent.AsSpan(start, 1024));
                if (!write.IsCompleted)
                    waits.TrySetResult(true);
                await write;
            }
            waits.TrySetResult(false);
            await stream.FlushAsync();
            stream.Close();
            return 0;
        }
    }

    /// <summary>Closing waits for nobody; whoever closes may.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_kernel_had_no_room_for_is_flushed_before_the_close(bool isTls)
    {
        using var tls = new TlsFixture();
        var context = tls.ServerContext(
            static options => options,
            tls.Authority.Issue(CertificateOrder.ForDns("localhost"))
        );
        var loop = isTls ? tls.Loop : _loop;
        var written = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = isTls ? await tls.Serve(context, Write) : await _loop.Serve(Write);
        await using Stream client = isTls ? await TlsFixture.Dial(at) : new NetworkStream(LoopFixture.Dial(at), true);
        // Nothing is read until the kernel is full.
        var length = await written.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);
        var got = 0;
        var buffer = new byte[Piece];
        for (int count; (count = await client.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0; )
            got += count;
        Assert.Equal(length, got);

        async LoopTask<int> Write(ByteStream stream)
        {
            var pieces = 0;
            for (; !stream.HasUnsent; pieces++)
            {
                await stream.WriteSoonAsync(new byte[Piece]);
                await loop.NextTurn();
            }
            var flush = stream.FlushAsync();
            Assert.False(flush.IsCompleted);
            written.SetResult(pieces * Piece);
            Assert.True(await flush > 0);
            Assert.False(stream.HasUnsent);
            stream.Close();
            return 0;
        }
    }

    /// <summary>As many pieces as are taken without a wait, so that the kernel has no room for all of the last: the end waits for it.</summary>
    [Fact]
    public async Task The_end_of_our_side_comes_behind_what_the_kernel_has_no_room_for()
    {
        var pieces = await Taken();
        var at = await _loop.Serve(Write);
        using var client = LoopFixture.Dial(at);
        Assert.Equal(pieces * Piece, Receive(client, (pieces * Piece) + 1).Length);

        async LoopTask<int> Write(ByteStream stream)
        {
            for (var i = 0; i < pieces; i++)
                await WritePiece(stream);
            stream.ShutdownWrite();
            while (await stream.ReadAsync() > 0)
                stream.Consume(stream.Input.Length);
            stream.Close();
            return 0;
        }
    }

    [Fact]
    public async Task A_peer_that_is_gone_is_told_by_the_next_write()
    {
        var results = new TaskCompletionSource<(int, int)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _loop.Serve(Write);
        using (var client = LoopFixture.Dial(at))
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        Assert.Equal(
            (1, IoResult.Failed),
            await results.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken)
        );

        async LoopTask<int> Write(ByteStream stream)
        {
            await stream.ReadAsync();
            var first = await stream.WriteSoonAsync("a"u8);
            await _loop.NextTurn();
            results.SetResult((first, await stream.WriteSoonAsync("b"u8)));
            stream.Close();
            return 0;
        }
    }

    [Fact]
    public async Task Under_tls_it_is_the_same()
    {
        using var tls = new TlsFixture();
        var at = await tls.Serve(
            tls.ServerContext(static options => options, tls.Authority.Issue(CertificateOrder.ForDns("localhost"))),
            Write
        );
        await using var client = await TlsFixture.Dial(at);
        var bytes = new byte[5];
        Assert.Equal(
            4,
            await client.ReadAtLeastAsync(bytes, 5, throwOnEndOfStream: false, TestContext.Current.CancellationToken)
        );

        static async LoopTask<int> Write(ByteStream stream)
        {
            await stream.WriteSoonAsync("ah"u8);
            await stream.WriteSoonAsync("oy"u8);
            stream.Close();
            return 0;
        }
    }

    /// <summary>Encrypted before it leaves, so what the kernel has no room for is held encrypted, and no more of it than a turn's.</summary>
    [Fact]
    public async Task Under_tls_a_slow_reader_makes_the_writer_wait_and_gets_all()
    {
        using var tls = new TlsFixture();
        var waits = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(sent);
        var at = await tls.Serve(
            tls.ServerContext(static options => options, tls.Authority.Issue(CertificateOrder.ForDns("localhost"))),
            Write
        );
        await using var client = await TlsFixture.Dial(at);
        Assert.True(await waits.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken));
        var got = new byte[sent.Length + 1];
        Assert.Equal(
            sent.Length,
            await client.ReadAtLeastAsync(
                got,
                got.Length,
                throwOnEndOfStream: false,
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(sent, got[..^1]);

        async LoopTask<int> Write(ByteStream stream)
        {
            for (var start = 0; start < sent.Length; start += 1024)
            {
                var write = stream.WriteSoonAsync(sent.AsSpan(start, 1024));
                if (!write.IsCompleted)
                    waits.TrySetResult(true);
                await write;
                if (start % Piece == 0)
                    await tls.Loop.NextTurn();
            }
            waits.TrySetResult(false);
            stream.ShutdownWrite();
            while (await stream.ReadAsync() > 0)
                stream.Consume(stream.Input.Length);
            stream.Close();
            return 0;
        }
    }

    private async Task<int> Taken()
    {
        var taken = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _loop.Serve(Fill);
        using var client = LoopFixture.Dial(at);
        return await taken.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);

        async LoopTask<int> Fill(ByteStream stream)
        {
            var pieces = 0;
            LoopTask<int> write;
            for (; (write = stream.WriteSoonAsync(new byte[Piece])).IsCompleted; pieces++)
            {
                await write;
                await _loop.NextTurn();
            }
            taken.SetResult(pieces);
            await write;
            stream.Close();
            return 0;
        }
    }

    private async LoopTask<int> WritePiece(ByteStream stream)
    {
        var result = await stream.WriteSoonAsync(new byte[Piece]);
        await _loop.NextTurn();
        return result;
    }

    private static byte[] Receive(Socket socket, int most)
    {
        var bytes = new byte[most];
        var got = 0;
        for (int count; got < most && (count = socket.Receive(bytes.AsSpan(got))) > 0; )
            got += count;
        return bytes[..got];
    }
}
