// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;

namespace Lateen.Proxy.Http2;

/// <summary>
/// Carries bytes between a connection's socket and its codec: reads until the end, and writes what the codec has put out
/// once in each turn of the loop, so that frames of many streams leave in one call.
/// </summary>
internal sealed class Http2Transport(ByteStream stream, Http2Connection codec) : IReadyItem
{
    /// <summary>A frame that is not DATA has to be in the input as a whole.</summary>
    private const int MaxInput = 64 * 1024;

    private readonly LoopSignal<int> _written = new();
    private bool _isQueued;
    private bool _isWriting;
    private bool _isOver;
    private bool _isEnding;

    /// <summary>When the peer sent something last, in milliseconds on the loop's clock.</summary>
    public long LastReceived { get; private set; }

    /// <summary>Puts out what a connection begins with.</summary>
    public void Start()
    {
        LastReceived = stream.Loop.NowMilliseconds;
        codec.Start(stream.Loop.NowTimestamp);
        ScheduleFlush();
    }

    /// <summary>Takes everything that arrives, until the connection or the codec ends.</summary>
    public async LoopTask<int> ReadToEndAsync()
    {
        while (true)
        {
            if (!stream.Input.IsEmpty)
            {
                var fault = codec.Receive(stream.Input, stream.Loop.NowTimestamp, out var consumed);
                stream.Consume(consumed);
                ScheduleFlush();
                if (fault != Http2Fault.None)
                    return IoResult.Failed;
            }
            if (_isEnding)
                return IoResult.Aborted;
            var result = await stream.ReadAsync(MaxInput);
            if (result <= 0)
                return result;
            LastReceived = stream.Loop.NowMilliseconds;
        }
    }

    /// <summary>Ends <see cref="ReadToEndAsync"/>, also from inside the codec's events.</summary>
    public void EndReading()
    {
        _isEnding = true;
        stream.CancelRead();
    }

    /// <summary>Sees to it that the codec's output is written in this turn of the loop.</summary>
    public void ScheduleFlush()
    {
        if (_isQueued || _isWriting || _isOver || codec.Output.IsEmpty)
            return;
        _isQueued = true;
        stream.Loop.Enqueue(this);
    }

    /// <summary>The turn in the ready queue.</summary>
    public void Run()
    {
        _isQueued = false;
        if (_isWriting || _isOver)
            return;
        _isWriting = true;
        WriteAsync().Detach();
    }

    /// <summary>Writes what is left, as far as the peer takes it before the stream is aborted; nothing is written afterwards.</summary>
    public async LoopTask<int> FinishAsync()
    {
        if (_isWriting)
            await _written.Wait();
        _isOver = true;
        return await WriteAsync();
    }

    /// <summary>Stops writing at once; the stream must have been aborted.</summary>
    public async LoopTask<int> AbandonAsync()
    {
        _isOver = true;
        return _isWriting ? await _written.Wait() : 0;
    }

    private async LoopTask<int> WriteAsync()
    {
        var result = 1;
        while (result > 0 && !codec.Output.IsEmpty)
        {
            var length = codec.Output.Length;
            result = await stream.WriteAsync(codec.Output);
            if (result > 0)
                codec.OnWritten(length);
        }
        _isWriting = false;
        if (_written.IsAwaited)
            _written.Complete(result);
        return result;
    }
}
