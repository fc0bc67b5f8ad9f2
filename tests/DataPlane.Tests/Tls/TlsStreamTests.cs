// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using DataPlane.Tests.Net;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>The contracts of a byte stream, under TLS.</summary>
public sealed class TlsStreamTests : IDisposable
{
    private readonly TlsFixture _tls = new();

    public void Dispose() => _tls.Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls12, "TLSv1.2")]
    [InlineData(SslProtocols.Tls13, "TLSv1.3")]
    public async Task Bytes_come_back_from_an_echo(SslProtocols protocol, string version)
    {
        var at = await _tls.Serve(Context());
        await using var client = await TlsFixture.Dial(at, TlsFixture.AnyServer("localhost", protocol));
        await client.WriteAsync("ahoy"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("ahoy"u8.ToArray(), await Read(client, 4));
        var handshake = await _tls.NextHandshake();
        Assert.Equal(TlsOutcome.Established, handshake.Outcome);
        Assert.Equal(version, handshake.Connection!.Version);
        Assert.Equal("localhost", handshake.Connection.ServerName);
        Assert.Null(handshake.Connection.Peer);
        Assert.NotEqual("", handshake.Connection.Cipher);
    }

    [Fact]
    public async Task Our_client_speaks_with_our_server()
    {
        var at = await _tls.Serve(Context());
        var (handshake, answer) = await _tls.Ask(at, _tls.ClientContext());
        Assert.Equal(TlsOutcome.Established, handshake.Outcome);
        Assert.Equal("ahoy", answer);
        Assert.Equal("TLSv1.3", handshake.Connection!.Version);
        Assert.Equal(["localhost"], handshake.Connection.Peer!.DnsNames);
        Assert.True(handshake.Connection.IsPeerVerified);
        Assert.Equal("X25519", handshake.Connection.Curve);
    }

    /// <summary>Many sizes around a record's and a buffer's, each in one write: what is read ahead must not be lost or slept on.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(65_536)]
    [InlineData(1_000_003)]
    public async Task Every_size_comes_back_whole(int size)
    {
        var sent = Noise(size);
        var at = await _tls.Serve(Context());
        await using var client = await TlsFixture.Dial(at);
        var writing = client.WriteAsync(sent, TestContext.Current.CancellationToken);
        Assert.Equal(sent, await Read(client, size));
        await writing;
    }

    /// <summary>Records of every length, so that the ends of records and of reads meet in every way.</summary>
    [Fact]
    public async Task Records_of_all_lengths_arrive_without_a_stall()
    {
        var at = await _tls.Serve(Context());
        await using var client = await TlsFixture.Dial(at);
        for (var size = 1; size <= 16_384; size += 411)
        {
            var sent = Noise(size);
            await client.WriteAsync(sent, TestContext.Current.CancellationToken);
            await client.WriteAsync(sent, TestContext.Current.CancellationToken);
            Assert.Equal(sent, await Read(client, size));
            Assert.Equal(sent, await Read(client, size));
        }
    }

    [Fact]
    public async Task A_large_write_waits_for_a_slow_reader_and_arrives_whole()
    {
        var sent = Noise(8 * 1024 * 1024);
        var completedEarly = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _tls.Serve(Context(), Send);
        await using var client = await TlsFixture.Dial(at);
        Assert.False(await completedEarly.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(sent, await Read(client, sent.Length));

        async LoopTask<int> Send(ByteStream stream)
        {
            var write = stream.WriteAsync(sent);
            completedEarly.SetResult(write.IsCompleted);
            var result = await write;
            stream.Close();
            return result;
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_that_half_closes_still_gets_its_answer(SslProtocols protocol)
    {
        var at = await _tls.Serve(Context(), AnswerAtEnd);
        await using var client = await TlsFixture.Dial(at, TlsFixture.AnyServer("localhost", protocol));
        await client.WriteAsync("12345"u8.ToArray(), TestContext.Current.CancellationToken);
        await client.ShutdownAsync();
        Assert.Equal("5"u8.ToArray(), await Read(client, 1));

        static async LoopTask<int> AnswerAtEnd(ByteStream stream)
        {
            int result;
            while ((result = await stream.ReadAsync()) > 0) { }
            var count = stream.Input.Length.ToString();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(count));
            stream.Close();
            return result;
        }
    }

    [Fact]
    public async Task Our_half_close_reaches_the_peer_while_we_go_on_reading()
    {
        var outcome = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _tls.Serve(Context(), ShutThenRead);
        await using var client = await TlsFixture.Dial(at);
        Assert.Equal(0, await client.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        await client.WriteAsync("late"u8.ToArray(), TestContext.Current.CancellationToken);
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
    public async Task Abort_wakes_a_reader_and_a_writer()
    {
        var results = new TaskCompletionSource<(int Read, int Write)>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        var at = await _tls.Serve(Context(), Stall);
        await using var client = await TlsFixture.Dial(at);
        Assert.Equal(
            (IoResult.Aborted, IoResult.Aborted),
            await results.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken)
        );

        async LoopTask<int> Stall(ByteStream stream)
        {
            var read = stream.ReadAsync();
            var write = stream.WriteAsync(new byte[32 * 1024 * 1024]);
            stream.Abort();
            results.SetResult((await read, await write));
            stream.Close();
            return 0;
        }
    }

    [Fact]
    public async Task A_handshake_that_never_comes_can_be_aborted()
    {
        var context = Context();
        var result = await _tls.Loop.OnLoop(async LoopTask<TlsOutcome> () =>
        {
            var outcome = TlsOutcome.Established;
            var signal = new LoopSignal<int>();
            var at = await Listen();
            var client = _tls.Loop.Loop.Connect(at)!;
            await client.ConnectAsync();
            await signal.Wait();
            client.Close();
            return outcome;

            LoopTask<Lateen.Net.NetAddress> Listen()
            {
                var socket = Lateen.Net.Loop.ListenSocket.Bind(
                    Lateen.Net.NetAddress.From(System.Net.IPAddress.Loopback, 0)
                );
                _tls.Loop.Loop.Listen(socket, new Silent(this, signal, context, result => outcome = result));
                return new LoopTask<Lateen.Net.NetAddress>(socket.Address);
            }
        });
        Assert.Equal(TlsOutcome.Aborted, result);
    }

    [Fact]
    public async Task A_watcher_hears_of_close_notify_alone()
    {
        var heard = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = await _tls.Serve(Context(), Watch);
        await using var client = await TlsFixture.Dial(at);
        await client.ShutdownAsync();
        Assert.True(await heard.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken));

        LoopTask<int> Watch(ByteStream stream)
        {
            stream.CloseWatcher = new Watcher(heard);
            return new LoopTask<int>(0);
        }
    }

    /// <summary>A new ticket is no input: a pooled connection that got one may be used again. The server is .NET's.</summary>
    [Fact]
    public async Task Tickets_are_not_taken_for_input()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = EchoOnceAsync(listener);
        var sessions = new TlsSessions();
        var unread = await _tls.Loop.OnLoop(async LoopTask<(bool Before, bool After)> () =>
        {
            var stream = _tls.Loop.Loop.Connect(Lateen.Net.NetAddress.From((IPEndPoint)listener.LocalEndpoint))!;
            await stream.ConnectAsync();
            var options = new TlsClientOptions { ServerName = "localhost", Sessions = sessions };
            await stream.HandshakeAsync(_tls.ClientContext(), options);
            var before = stream.HasUnreadInput;
            for (; sessions.Count == 0; before |= stream.HasUnreadInput)
                await _tls.Loop.NextTurn();
            await stream.WriteAsync("x"u8.ToArray());
            await stream.ReadAsync();
            var after = stream.HasUnreadInput;
            stream.Close();
            return (before, after);
        });
        await serving;
        Assert.False(unread.Before);
        Assert.True(unread.After); // the echo, read into the input
        Assert.Equal(1, sessions.Count);
    }

    /// <summary>
    /// Nobody waits for a server's tickets: they come with its first bytes, or, where it has none to send, before its end.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tickets_come_with_what_follows(bool echoes)
    {
        var at = await _tls.Serve(Context(), echoes ? null : CloseAfterReading);
        var client = _tls.ClientContext();
        var sessions = new TlsSessions();
        var kept = await _tls.Loop.OnLoop(async LoopTask<int> () =>
        {
            var stream = _tls.Loop.Loop.Connect(at)!;
            await stream.ConnectAsync();
            await stream.HandshakeAsync(client, new TlsClientOptions { ServerName = "localhost", Sessions = sessions });
            await stream.WriteAsync("x"u8.ToArray());
            await stream.ReadAsync();
            stream.Close();
            return sessions.Count;
        });
        Assert.Equal(1, kept);

        static async LoopTask<int> CloseAfterReading(ByteStream stream)
        {
            await stream.ReadAsync();
            stream.Close();
            return 0;
        }
    }

    private async Task EchoOnceAsync(TcpListener listener)
    {
        using var socket = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = new SslStream(socket.GetStream());
        var certificate = _tls.Authority.Issue(CertificateOrder.ForDns("localhost")).ForDotNet();
        await stream.AuthenticateAsServerAsync(certificate);
        var bytes = new byte[1];
        await stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
        await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await stream.FlushAsync(TestContext.Current.CancellationToken);
        _ = await stream.ReadAsync(bytes, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("h2,http/1.1", "http/1.1,h2", "h2")] // the server's order decides
    [InlineData("h2", "http/1.1", "")] // none in common: the connection goes on without
    [InlineData("", "h2", "")]
    [InlineData("istio-peer-exchange,h2", "istio,istio-peer-exchange", "istio-peer-exchange")]
    public async Task Alpn_goes_by_the_servers_preference(string ours, string theirs, string agreed)
    {
        var at = await _tls.Serve(
            _tls.ServerContext(
                options => options with { ApplicationProtocols = Names(ours) },
                _tls.Authority.Issue(CertificateOrder.ForDns("localhost"))
            )
        );
        var options = TlsFixture.AnyServer();
        options.ApplicationProtocols = Names(theirs).Select(static name => new SslApplicationProtocol(name)).ToList();
        await using var client = await TlsFixture.Dial(at, options);
        Assert.Equal(agreed, client.NegotiatedApplicationProtocol.ToString());
        Assert.Equal(agreed, (await _tls.NextHandshake()).Connection!.ApplicationProtocol);
    }

    [Fact]
    public async Task Reading_and_writing_records_allocates_nothing()
    {
        var at = await _tls.Serve(Context());
        var client = _tls.ClientContext();
        var allocated = await _tls.Loop.OnLoop(async LoopTask<long> () =>
        {
            var stream = _tls.Loop.Loop.Connect(at)!;
            await stream.ConnectAsync();
            await stream.HandshakeAsync(client);
            var payload = new byte[1024];
            for (var i = 0; i < 200; i++)
                await Exchange(stream, payload);
            var least = long.MaxValue;
            for (var batch = 0; batch < Allocations.Batches; batch++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 1000; i++)
                    await Exchange(stream, payload);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            stream.Close();
            return least;
        });
        // Client and server are on this one loop: both sides of 1,000 exchanges.
        Assert.Equal(0, allocated);
    }

    private static async LoopTask<int> Exchange(ByteStream stream, byte[] payload)
    {
        await stream.WriteAsync(payload);
        while (stream.Input.Length < payload.Length && await stream.ReadAsync() > 0) { }
        stream.Consume(payload.Length);
        return 0;
    }

    private TlsContext Context() => _tls.ServerContext(_tls.Authority.Issue(CertificateOrder.ForDns("localhost")));

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static byte[] Noise(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> Read(SslStream stream, int count)
    {
        var bytes = new byte[count];
        await stream
            .ReadExactlyAsync(bytes, TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);
        return bytes;
    }

    /// <summary>Begins a handshake with a client that says nothing, and aborts it.</summary>
    private sealed class Silent(
        TlsStreamTests test,
        LoopSignal<int> done,
        TlsContext context,
        Action<TlsOutcome> report
    ) : Lateen.Net.Loop.IConnectionHandler
    {
        public void OnConnected(ByteStream stream) => Run(stream).Detach();

        private async LoopTask<int> Run(ByteStream stream)
        {
            var handshake = stream.HandshakeAsync(context);
            stream.Abort();
            report(await handshake);
            stream.Close();
            test._tls.Loop.CompleteLater(done);
            return 0;
        }
    }

    private sealed class Watcher(TaskCompletionSource<bool> heard) : IPeerCloseWatcher
    {
        public void OnPeerClosed(ByteStream stream)
        {
            heard.TrySetResult(stream.PeerHasClosed);
            stream.Close();
        }
    }
}
