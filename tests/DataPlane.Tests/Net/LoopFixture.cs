// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;

namespace DataPlane.Tests.Net;

/// <summary>A loop on a thread of its own, and a way for tests to run methods on it and wait for their results.</summary>
public sealed class LoopFixture : IDisposable
{
    private readonly Thread _thread;

    public LoopFixture() => _thread = Loop.Start();

    public EventLoop Loop { get; } = new("test");

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public async Task<T> OnLoop<T>(Func<LoopTask<T>> method)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(() => Observe(method, outcome).Detach());
        return await outcome.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    public Task<T> OnLoop<T>(Func<T> function) => OnLoop(() => new LoopTask<T>(function()));

    /// <summary>Lets the loop handle what has come; for a method on it.</summary>
    public LoopTask<int> NextTurn()
    {
        var turn = new LoopSignal<int>();
        CompleteLater(turn);
        return turn.Wait();
    }

    /// <summary>Wakes whoever waits for the signal, from the loop's ready queue.</summary>
    public void CompleteLater(LoopSignal<int> signal) => Loop.Enqueue(new Wake(signal));

    /// <summary>Serves every connection with the handler; returns where.</summary>
    public async Task<NetAddress> Serve(Func<ByteStream, LoopTask<int>> handler, NetAddress? at = null)
    {
        var socket = ListenSocket.Bind(at ?? NetAddress.From(IPAddress.Loopback, 0));
        await OnLoop(() => Loop.Listen(socket, new Handler(handler)));
        return socket.Address;
    }

    public static Socket Dial(NetAddress address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000, NoDelay = true };
        socket.Connect(new IPEndPoint(address.ToIPAddress()!, address.Port));
        return socket;
    }

    public static async LoopTask<int> Echo(ByteStream stream)
    {
        while (await stream.ReadAsync() > 0)
        {
            var input = stream.Input;
            var length = input.Length;
            if (await stream.WriteAsync(input) < 0)
                break;
            stream.Consume(length);
        }
        stream.Close();
        return 0;
    }

    public void Dispose()
    {
        Loop.Stop();
        _thread.Join(Patience);
        Loop.Dispose();
    }

    private static async LoopTask<int> Observe<T>(Func<LoopTask<T>> method, TaskCompletionSource<T> outcome)
    {
        try
        {
            outcome.SetResult(await method());
        }
        catch (Exception failure)
        {
            outcome.SetException(failure);
        }
        return 0;
    }

    private sealed class Wake(LoopSignal<int> signal) : IReadyItem
    {
        public void Run() => signal.Complete(1);
    }

    private sealed class Handler(Func<ByteStream, LoopTask<int>> serve) : IConnectionHandler
    {
        public void OnConnected(ByteStream stream) => serve(stream).Detach();
    }
}
