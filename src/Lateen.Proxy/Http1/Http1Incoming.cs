// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;

namespace Lateen.Proxy.Http1;

/// <summary>
/// The body of a message that comes in over HTTP/1.1. What was read stays in the connection's input until it is released,
/// so that reading it again costs a copy of a parser's state and nothing else.
/// </summary>
internal sealed class Http1Incoming
{
    private ByteStream _stream = null!;
    private Http1BodyReader _reader;
    private Http1BodyReader _atRelease;
    private int _read;

    public Http1Fault Fault { get; private set; }

    public bool IsComplete => _reader.IsComplete;

    public bool HasUnread => !_reader.IsComplete && _stream.Input.Length > _read;

    /// <summary>Bytes of the input that were read and are still there.</summary>
    public int Held => _read;

    public void Begin(ByteStream stream, BodyFraming framing, long contentLength, Http1Limits limits)
    {
        _stream = stream;
        _reader = _atRelease = new Http1BodyReader(framing, contentLength, limits);
        _read = 0;
        Fault = Http1Fault.None;
    }

    public BodyStatus Read(int max, HeaderMap trailers, out ReadOnlySpan<byte> payload)
    {
        if (_reader.IsComplete)
        {
            payload = default;
            return BodyStatus.Complete;
        }
        var status = _reader.Read(_stream.Input[_read..], trailers, max, out var taken, out payload, out var fault);
        _read += taken;
        if (status == BodyStatus.Fault)
            Fault = fault;
        return status;
    }

    public void Release()
    {
        if (_read > 0)
            _stream.Consume(_read);
        _read = 0;
        _atRelease = _reader;
    }

    public void Rewind(HeaderMap trailers)
    {
        _reader = _atRelease;
        _read = 0;
        trailers.Clear();
    }

    /// <summary>Waits for bytes behind those that are held.</summary>
    public LoopTask<int> WaitAsync()
    {
        // While something is held there must be room for more than that.
        var max = _read == 0 ? ByteStream.DefaultMaxBuffered : int.MaxValue;
        var reading = _stream.ReadAsync(max);
        return reading.IsCompleted ? new LoopTask<int>(Judge(reading.GetAwaiter().GetResult())) : JudgeAsync(reading);
    }

    private async LoopTask<int> JudgeAsync(LoopTask<int> reading) => Judge(await reading);

    /// <summary>The end of the connection is the end of a body that has no other, and breaks off every other one.</summary>
    private int Judge(int result)
    {
        if (result != IoResult.EndOfStream)
            return result;
        Fault = _reader.OnEndOfStream();
        return Fault == Http1Fault.None ? 1 : IoResult.Failed;
    }
}
