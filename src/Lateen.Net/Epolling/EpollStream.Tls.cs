// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Net.Async;
using Lateen.Net.Interop;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;

namespace Lateen.Net.Epolling;

/// <summary>The socket under TLS: the same edges and the same contracts, with an engine between buffer and descriptor.</summary>
internal sealed partial class EpollStream : IHandshaking
{
    private TlsEngine? _tls;
    private TlsConnection? _connection;
    private string _tlsFailure = "";
    private string _tlsFailureReason = "";

    /// <summary>TLS itself has something to send (a key update, close_notify) and the kernel had no room for it.</summary>
    private bool _tlsWantsRoom;
    private bool _closeNotifyWaits;

    /// <summary>The engine's wire holds bytes that were written.</summary>
    private bool _holdsSealed;

    public override TlsConnection? Tls => _connection;

    public override string TlsFailure => _tlsFailure;

    public override string TlsFailureReason => _tlsFailureReason;

    /// <summary>The peer's close_notify may lie in the engine, read together with what came before it.</summary>
    private protected override void OnWatched()
    {
        if (_connection is not null && _mayRead && !IsDead && !_watcherTold)
            Queue();
    }

    private bool IsHandshaking => _tls is not null && _connection is null;

    public override LoopTask<TlsOutcome> HandshakeAsync(TlsContext context, TlsClientOptions? client = null)
    {
        if (IsDead)
            return new LoopTask<TlsOutcome>(TlsOutcome.Aborted);
        if (_inputLength > 0 || _tls is not null)
            throw new InvalidOperationException("A handshake comes before everything else.");
        _tls = Loop.TlsEngines.Rent(context, _descriptor, client ?? TlsClientOptions.None);
        _tls.Wire.OnEdge(_peerClosed);
        return ShakeHandsAsync(_tls);
    }

    /// <summary>The handshake's turn in the pacer.</summary>
    public void OnTurn()
    {
        if (_reading.IsAwaited && _wait == ReadWait.Turn)
            _reading.Complete(1);
    }

    private async LoopTask<TlsOutcome> ShakeHandsAsync(TlsEngine engine)
    {
        if (engine.Context.Role == TlsRole.Server && !_mayRead && await WaitForReading(ReadWait.Edge) < 0)
            return TlsOutcome.Aborted;
        while (true)
        {
            if (!Loop.Handshakes.MayStart)
            {
                Loop.Handshakes.Enqueue(this);
                if (await WaitForReading(ReadWait.Turn) < 0)
                    return TlsOutcome.Aborted;
            }
            var waited = 1;
            switch (TakeStep(engine))
            {
                case TlsProgress.Done:
                    return Conclude(engine);
                case TlsProgress.WantRead when !_peerClosed:
                    _mayRead = false;
                    waited = await WaitForReading(ReadWait.Edge);
                    break;
                case TlsProgress.WantRead:
                    break; // what is still to be read ends with the peer's end
                case TlsProgress.WantWrite:
                    waited = await _writing.Wait();
                    break;
                default:
                    _tlsFailure = engine.FailureDetail;
                    _tlsFailureReason = engine.FailureReason;
                    return engine.FailureOutcome;
            }
            if (waited < 0)
                return TlsOutcome.Aborted;
        }
    }

    private LoopTask<int> WaitForReading(ReadWait wait)
    {
        _wait = wait;
        return _reading.Wait();
    }

    private TlsProgress TakeStep(TlsEngine engine)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var progress = engine.Handshake();
        Loop.Handshakes.OnStep(startedAt);
        return progress;
    }

    private TlsOutcome Conclude(TlsEngine engine)
    {
        var connection = engine.Describe();
        var outcome = engine.Accept(connection);
        if (outcome != TlsOutcome.Established)
        {
            _tlsFailure = engine.FailureDetail;
            return outcome;
        }
        _connection = connection;
        // The engine may have read ahead of the handshake's end.
        _mayRead = _peerClosed || engine.MayHaveInput;
        return TlsOutcome.Established;
    }

    private unsafe int ReceiveTls(TlsEngine engine, byte* buffer, int room, out bool drained)
    {
        switch (engine.Receive(buffer, room, out var received, out drained))
        {
            case TlsProgress.Done:
                return received;
            case TlsProgress.WantRead:
                return NothingYet;
            case TlsProgress.WantWrite:
                _tlsWantsRoom = true;
                return NothingYet;
            case TlsProgress.EndOfStream:
                return IoResult.EndOfStream;
            default:
                return IoResult.Failed;
        }
    }

    private int SendTls(TlsEngine engine, ReadOnlySpan<byte> bytes, int flags)
    {
        if ((flags & Sockets.MoreFollows) != 0 && bytes.Length <= MaxStaged)
        {
            // The last ones wait for close_notify, which is about to follow; at the latest for the end of the turn.
            Loop.Stage(this);
            return Seal(engine, bytes);
        }
        engine.Wire.SendFlags = flags;
        var progress = engine.Send(bytes, out var sent);
        engine.Wire.SendFlags = Sockets.NoSignal;
        return progress is TlsProgress.Done or TlsProgress.WantWrite ? sent : IoResult.Failed;
    }

    /// <summary>Encrypts, and leaves what comes of it with the wire.</summary>
    private int Seal(TlsEngine engine, ReadOnlySpan<byte> bytes)
    {
        engine.Wire.HoldBack();
        var progress = engine.Send(bytes, out var sent);
        engine.Wire.Release();
        _holdsSealed = true;
        return progress == TlsProgress.Done ? sent : IoResult.Failed;
    }

    /// <summary>Sends what the wire holds, if nothing has taken it along.</summary>
    private void SendSealed()
    {
        if (!_holdsSealed || IsDead)
            return;
        var progress = _tls!.Wire.Flush();
        _holdsSealed = progress == TlsProgress.WantWrite;
        _tlsWantsRoom |= _holdsSealed;
        _sendFailed |= progress == TlsProgress.Failed;
    }

    private void SendCloseNotify()
    {
        _closeNotifyWaits = _connection is not null && _tls!.Shutdown() == TlsProgress.WantWrite;
        _tlsWantsRoom |= _closeNotifyWaits;
    }

    private void OnRoomForTls()
    {
        _tlsWantsRoom = false;
        _mayRead = true;
        if (_closeNotifyWaits)
            SendCloseNotify();
        else
            SendSealed();
    }

    /// <summary>Whether there is more than TLS's own messages, as new tickets, which are taken in.</summary>
    private bool ProbeFindsInput()
    {
        if (_tls is null || _connection is null)
            return true;
        switch (_tls.Probe())
        {
            case TlsProgress.Done:
                return true;
            case TlsProgress.WantRead:
                _mayRead = _peerClosed;
                return false;
            case TlsProgress.WantWrite:
                _tlsWantsRoom = true;
                return false;
            default:
                _peerClosed = true;
                return true;
        }
    }

    /// <summary>Whether the peer said close_notify, which no edge of the socket tells.</summary>
    private bool HasTlsEnd()
    {
        if (_connection is not null)
            _ = ProbeFindsInput();
        return _peerClosed;
    }

    private void ReleaseTls()
    {
        if (_tls is null)
            return;
        // Best effort: a peer that does not take it learns the end from the socket.
        if (_connection is not null && !_aborted)
            _ = _tls.Shutdown();
        Loop.TlsEngines.Return(_tls);
        _tls = null;
    }
}
