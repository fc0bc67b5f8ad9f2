// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Async;
using Lateen.Net.Buffers;
using Lateen.Net.Interop;
using Lateen.Net.Loop;
using Lateen.Net.Streams;

namespace Lateen.Net.Epolling;

/// <summary>A socket on edge-triggered epoll: tries each call first and waits for an edge only when the kernel says "not now".</summary>
internal sealed unsafe partial class EpollStream : ByteStream, IEpollTarget, IReadyItem
{
    /// <summary>Reads that may complete without a wait before the stream takes its turn behind others.</summary>
    private const int FairnessBudget = 16;

    private const int NothingYet = -100;

    private readonly EpollBackend _backend;
    private readonly int _descriptor;
    private readonly int _slot;
    private readonly NetAddress _remote;
    private readonly ListenSocket? _from;
    private readonly LoopSignal<int> _reading = new();
    private readonly LoopSignal<int> _writing = new();
    private NativeBuffer _input;
    private int _inputStart;
    private int _inputLength;
    private int _maxBuffered;
    private NativeBuffer _output;
    private int _outputStart;
    private int _outputLength;

    /// <summary>The end of our side waits for the output that is before it.</summary>
    private bool _endWaits;
    private int _readsThisTurn;
    private ConnectState _connect;
    private bool _mayRead;
    private bool _peerClosed;
    private bool _aborted;
    private bool _closed;
    private bool _queued;
    private bool _watcherTold;
    private bool _readCancelled;

    /// <summary>The read that is awaited has its result, which the reader is about to get.</summary>
    private bool _isGathered;
    private int _gathered;
    private ReadWait _wait;

    /// <param name="from">Who accepted it; null for one of ours.</param>
    public EpollStream(
        EventLoop loop,
        EpollBackend backend,
        int descriptor,
        in NetAddress remote,
        ConnectState connect,
        ListenSocket? from
    )
        : base(loop)
    {
        _from = from;
        _backend = backend;
        _descriptor = descriptor;
        _remote = remote;
        _connect = connect;
        _slot = backend.Register(descriptor, this);
    }

    /// <summary>False for a stream that its loop has no room for, and which nobody may use.</summary>
    public bool IsRegistered => _slot >= 0;

    public override ReadOnlySpan<byte> Input => new(_input.Pointer + _inputStart, _inputLength);

    public override bool IsDead => _closed || _aborted;

    public override bool PeerHasClosed => _peerClosed || _closed;

    public override bool HasUnreadInput =>
        _inputLength > 0 || _peerClosed || (_mayRead && !_closed && ProbeFindsInput());

    public override NetAddress DirectRemoteAddress => _remote;

    public override void Consume(int count)
    {
        if ((uint)count > (uint)_inputLength)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"the input holds {_inputLength} bytes");
        _inputStart += count;
        _inputLength -= count;
        if (_inputLength == 0)
            ReleaseInput();
    }

    public override LoopTask<int> ReadAsync(int maxBuffered = DefaultMaxBuffered)
    {
        if (IsDead)
            return new LoopTask<int>(IoResult.Aborted);
        _maxBuffered = Math.Min(maxBuffered, BufferPool.LargeSize);
        if (_inputLength >= _maxBuffered)
            return new LoopTask<int>(IoResult.BufferFull);
        if (_mayRead)
        {
            if (++_readsThisTurn > FairnessBudget)
                Queue();
            else if (TryReceive(out var result))
                return new LoopTask<int>(result);
        }
        _wait = ReadWait.Bytes;
        return _reading.Wait();
    }

    public override LoopTask<int> WriteAsync(ReadOnlySpan<byte> bytes) => WriteAsync(bytes, Sockets.NoSignal);

    public override LoopTask<int> WriteLastAsync(ReadOnlySpan<byte> bytes) =>
        WriteAsync(bytes, Sockets.NoSignal | Sockets.MoreFollows);

    private LoopTask<int> WriteAsync(ReadOnlySpan<byte> bytes, int flags)
    {
        if (IsDead)
            return new LoopTask<int>(IoResult.Aborted);
        if (bytes.IsEmpty)
            return new LoopTask<int>(1);
        if (_outputLength > 0 || _sendFailed)
            return WriteBehind(bytes, flags);
        var sent = Send(bytes, flags);
        if (sent == bytes.Length)
            return new LoopTask<int>(1);
        if (sent < 0)
            return new LoopTask<int>(IoResult.Failed);
        KeepForLater(bytes[sent..]);
        return _writing.Wait();
    }

    public override LoopTask<int> ConnectAsync() =>
        IsDead ? new LoopTask<int>(IoResult.Aborted)
        : _connect == ConnectState.Connected ? new LoopTask<int>(1)
        : _connect == ConnectState.Refused ? new LoopTask<int>(IoResult.Failed)
        : _writing.Wait();

    public override void ShutdownWrite()
    {
        if (_closed)
            return;
        SendStaged();
        _endWaits = _outputLength > 0 && !_writing.IsAwaited;
        if (_endWaits)
            return;
        if (_tls is null)
            _ = Libc.Shutdown(_descriptor, Sockets.ShutdownWrite);
        else
            SendCloseNotify();
    }

    public override void Abort()
    {
        if (IsDead)
            return;
        FlushStaged();
        _aborted = true;
        if (_reading.IsAwaited || _writing.IsAwaited)
            Queue();
    }

    public override void ResetOnClose()
    {
        if (!_closed)
            SocketCalls.DropUnsent(_descriptor);
    }

    public override void CancelRead()
    {
        if (IsDead || !_reading.IsAwaited)
            return;
        _readCancelled = true;
        Queue();
    }

    public override void Close()
    {
        if (_closed)
            return;
        if (_reading.IsAwaited || _writing.IsAwaited)
            throw new InvalidOperationException("A stream is closed while somebody waits on it.");
        Release();
    }

    /// <summary>Frees what the stream holds when its loop ends, whoever waits on it: nobody will be woken any more.</summary>
    internal void Release()
    {
        SendStaged();
        _closed = true;
        _backend.Unregister(_slot);
        ReleaseInput();
        ReleaseOutput();
        CloseWatcher = null;
        ReleaseTls();
        _ = Libc.Close(_descriptor);
        Owner?.OnClosed(this);
        Owner = null;
    }

    private protected override NetAddress GetSocketAddress() =>
        _closed ? default
        : _from is { IsOfOneAddress: true } ? _from.Address
        : SocketCalls.LocalAddress(_descriptor);

    public override bool TryGetOriginalDestination(out NetAddress destination) =>
        SocketCalls.TryGetOriginalDestination(_descriptor, _remote.Family, out destination);

    public void Gather(uint events)
    {
        _readsThisTurn = 0;
        if ((events & (Epoll.PeerClosed | Epoll.HangUp | Epoll.Error)) != 0)
            _peerClosed = true;
        // After the peer's end no further edge comes, so only "try again" may clear the flag then: TryReceive looks.
        if ((events & Epoll.In) != 0 || _peerClosed)
        {
            _mayRead = true;
            _tls?.Wire.OnEdge(_peerClosed);
        }
        if (_mayRead && _reading.IsAwaited && _wait == ReadWait.Bytes && !_tlsWantsRoom && !IsDead)
            _isGathered = TryReceive(out _gathered);
    }

    public void OnEvents(uint events)
    {
        if (_tlsWantsRoom && (events & Epoll.Out) != 0)
            OnRoomForTls();
        if (
            (_writing.IsAwaited || (_outputLength > 0 && !_isStaged))
            && (events & (Epoll.Out | Epoll.Error | Epoll.HangUp)) != 0
        )
            OnWritable(events);
        if ((_mayRead || _isGathered) && !IsDead)
            OnReadable();
    }

    /// <summary>The stream's turn in the ready queue: to go on reading, to report an abort or the peer's end.</summary>
    public void Run()
    {
        _queued = false;
        if (_closed)
            return;
        if (_readCancelled && _reading.IsAwaited)
        {
            _readCancelled = false;
            _reading.Complete(IoResult.Aborted);
            return;
        }
        if (!_aborted)
        {
            Gather(0);
            OnEvents(0);
            return;
        }
        if (_writing.IsAwaited)
        {
            ReleaseOutput();
            _writing.Complete(IoResult.Aborted);
        }
        if (_reading.IsAwaited)
            _reading.Complete(IoResult.Aborted);
    }

    private void OnReadable()
    {
        if (_reading.IsAwaited)
        {
            if (_wait == ReadWait.Edge)
                _reading.Complete(1);
            else if (_wait == ReadWait.Bytes && (TakeGathered(out var result) || TryReceive(out result)))
                _reading.Complete(result);
        }
        else if (!_watcherTold && CloseWatcher is { } watcher && (_peerClosed || HasTlsEnd()))
        {
            _watcherTold = true;
            watcher.OnPeerClosed(this);
        }
    }

    private bool TakeGathered(out int result)
    {
        result = _gathered;
        var isGathered = _isGathered;
        _isGathered = false;
        return isGathered;
    }

    private void OnWritable(uint events)
    {
        if (_connect == ConnectState.UnderWay)
        {
            var refused = (events & (Epoll.Error | Epoll.HangUp)) != 0 || SocketCalls.PendingError(_descriptor) != 0;
            _connect = refused ? ConnectState.Refused : ConnectState.Connected;
            _writing.Complete(refused ? IoResult.Failed : 1);
            return;
        }
        if (IsHandshaking)
        {
            _writing.Complete(1);
            return;
        }
        var state = SendOutput();
        SendSealed();
        if (state == OutputState.Waits || _holdsSealed)
            return;
        _sendFailed |= state == OutputState.Broken;
        if (_endWaits)
            ShutdownWrite();
        if (_writing.IsAwaited)
            _writing.Complete(_sendFailed ? IoResult.Failed : 1);
    }

    /// <summary>Sends as much of the output as the kernel takes.</summary>
    private OutputState SendOutput()
    {
        while (_outputLength > 0)
        {
            var sent = Send(Output, Sockets.NoSignal);
            if (sent == 0)
                return OutputState.Waits;
            if (sent < 0)
            {
                ReleaseOutput();
                return OutputState.Broken;
            }
            _outputStart += sent;
            _outputLength -= sent;
        }
        ReleaseOutput();
        return OutputState.Sent;
    }

    /// <summary>Receives behind the bytes there are; false when there is nothing to receive now.</summary>
    private bool TryReceive(out int result)
    {
        MakeRoom();
        var room = Math.Min(_input.Length, _maxBuffered) - _inputLength;
        var received = Receive(_input.Pointer + _inputLength, room, out var drained);
        // No edge would tell of the peer's end behind the bytes, once it was told.
        if (drained && !_peerClosed)
            _mayRead = false;
        if (received > 0)
        {
            _inputLength += received;
            BytesRead += received;
            result = received;
            return true;
        }
        if (_inputLength == 0)
            ReleaseInput();
        result = received == NothingYet ? 0 : received;
        if (received == NothingYet)
            _mayRead = false;
        else
            _peerClosed = true;
        return received != NothingYet;
    }

    /// <summary>A count, <see cref="IoResult.EndOfStream"/>, <see cref="IoResult.Failed"/> or <see cref="NothingYet"/>.</summary>
    private int Receive(byte* buffer, int room, out bool drained)
    {
        if (_tls is not null)
            return ReceiveTls(_tls, buffer, room, out drained);
        var received = Libc.Receive(_descriptor, buffer, (nuint)room, 0);
        // A short read has drained the socket.
        drained = received < room;
        if (received >= 0)
            return (int)received;
        return Marshal.GetLastPInvokeError() == Errno.TryAgain ? NothingYet : IoResult.Failed;
    }

    /// <summary>How many bytes the kernel took, 0 for "not now", negative when the connection is broken.</summary>
    private int Send(ReadOnlySpan<byte> bytes, int flags)
    {
        int sent;
        if (_tls is not null)
        {
            sent = SendTls(_tls, bytes, flags);
        }
        else
        {
            fixed (byte* pointer = bytes)
                sent = (int)Libc.Send(_descriptor, pointer, (nuint)bytes.Length, flags);
            if (sent < 0 && Marshal.GetLastPInvokeError() == Errno.TryAgain)
                sent = 0;
        }
        BytesWritten += Math.Max(sent, 0);
        return sent;
    }

    /// <summary>Sees to it that the input starts at the front of a buffer with room behind it.</summary>
    private void MakeRoom()
    {
        if (_input.IsNone)
        {
            _input = Loop.Buffers.Rent(BufferPool.SmallSize);
            _inputStart = 0;
            return;
        }
        if (_inputLength == _input.Length)
        {
            var larger = Loop.Buffers.Rent(BufferPool.LargeSize);
            Input.CopyTo(larger.Span);
            Loop.Buffers.Return(_input);
            _input = larger;
        }
        else if (_inputStart > 0)
        {
            Input.CopyTo(_input.Span);
        }
        _inputStart = 0;
    }

    private void KeepForLater(ReadOnlySpan<byte> rest)
    {
        _output = Loop.Buffers.Rent(rest.Length);
        rest.CopyTo(_output.Span);
        _outputStart = 0;
        _outputLength = rest.Length;
    }

    private ReadOnlySpan<byte> Output => new(_output.Pointer + _outputStart, _outputLength);

    private void ReleaseInput()
    {
        if (!_input.IsNone)
            Loop.Buffers.Return(_input);
        _input = default;
        _inputStart = _inputLength = 0;
    }

    private void ReleaseOutput()
    {
        if (!_output.IsNone)
            Loop.Buffers.Return(_output);
        _output = default;
        _outputStart = _outputLength = 0;
    }

    private void Queue()
    {
        if (_queued)
            return;
        _queued = true;
        Loop.Enqueue(this);
    }
}

/// <summary>What a wait on the reading side is for.</summary>
internal enum ReadWait : byte
{
    /// <summary>Bytes in the input.</summary>
    Bytes,

    /// <summary>Something to receive, which stays where it is.</summary>
    Edge,

    /// <summary>Time to compute, in the loop's <see cref="Tls.HandshakePacer"/>.</summary>
    Turn,
}

/// <summary>What became of output that was to be sent.</summary>
internal enum OutputState : byte
{
    Sent,

    /// <summary>The kernel has no room for all of it.</summary>
    Waits,

    Broken,
}
