// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Buffers;
using Lateen.Net.Interop;
using Lateen.Net.Loop;
using Lateen.Net.Streams;

namespace Lateen.Net.Epolling;

/// <summary>
/// Small writes that leave at the end of the loop's turn, all streams' one after the other: the first wakes the process at
/// the other end, and the rest find it awake. Waking somebody costs more than sending. Those under TLS are encrypted first,
/// one after the other too.
/// </summary>
internal sealed partial class EpollStream : IStagedOutput
{
    private const int MaxStaged = BufferPool.SmallSize;

    /// <summary>The output waits for the end of the turn, not for the kernel.</summary>
    private bool _isStaged;

    /// <summary>The output that was staged could not be sent; the next write says so.</summary>
    private bool _sendFailed;

    public override LoopTask<int> WriteSoonAsync(ReadOnlySpan<byte> bytes)
    {
        if (!MayStage(bytes.Length))
            return WriteAsync(bytes);
        if (_output.IsNone)
            _output = Loop.Buffers.Rent(MaxStaged);
        bytes.CopyTo(_output.Span[_outputLength..]);
        _outputLength += bytes.Length;
        BytesWritten += bytes.Length;
        if (!_isStaged)
        {
            _isStaged = true;
            Loop.Stage(this);
        }
        return new LoopTask<int>(1);
    }

    public override bool HasUnsent => _outputLength > 0 || (_holdsSealed && _tls is { Wire.HoldsAny: true });

    public override LoopTask<int> FlushAsync()
    {
        if (IsDead)
            return new LoopTask<int>(IoResult.Aborted);
        FlushStaged();
        return _sendFailed ? new LoopTask<int>(IoResult.Failed)
            : HasUnsent ? _writing.Wait()
            : new LoopTask<int>(1);
    }

    public void SealStaged()
    {
        if (!_isStaged || _tls is null || IsDead)
            return;
        _isStaged = false;
        if (Seal(_tls, Output) < 0)
            _sendFailed = true;
        ReleaseOutput();
    }

    public void FlushStaged()
    {
        SendStaged();
        SendSealed();
    }

    /// <summary>Sends what is staged. What the kernel has no room for stays, and the next write waits behind it.</summary>
    private void SendStaged()
    {
        if (!_isStaged)
            return;
        _isStaged = false;
        if (IsDead)
            return;
        // Counted when they were staged, and now again as the kernel takes them.
        BytesWritten -= _outputLength;
        if (SendOutput() == OutputState.Broken)
            _sendFailed = true;
    }

    /// <summary>A write that finds output in front of it: staged, or staged earlier and not taken by the kernel.</summary>
    private LoopTask<int> WriteBehind(ReadOnlySpan<byte> bytes, int flags)
    {
        SendStaged();
        if (_outputLength == 0)
            return _sendFailed ? new LoopTask<int>(IoResult.Failed) : WriteAsync(bytes, flags);
        var both = Loop.Buffers.Rent(_outputLength + bytes.Length);
        Output.CopyTo(both.Span);
        bytes.CopyTo(both.Span[_outputLength..]);
        var length = _outputLength + bytes.Length;
        ReleaseOutput();
        _output = both;
        _outputLength = length;
        return _writing.Wait();
    }

    private bool MayStage(int length) =>
        !IsDead
        && !_sendFailed
        && !_holdsSealed
        && length > 0
        && _connect == ConnectState.Connected
        && !IsHandshaking
        && (_isStaged || _outputLength == 0)
        && _outputLength + length <= MaxStaged;
}
