// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Http.Http2;

namespace Lateen.Fuzz.Targets;

/// <summary>One side of a connection that answers what it can and notes what happened.</summary>
internal sealed class Http2Side : IHttp2Handler
{
    private readonly Http2Counters _counters = new();
    private readonly StringBuilder _events = new();
    private readonly HashSet<Http2Stream> _streams = [];
    private uint _dataStream;

    public Http2Side(Http2Role role, bool streamErrors)
    {
        var options = new Http2Options
        {
            OverrideStreamErrorOnInvalidHttpMessage = streamErrors,
            AllowConnect = true,
            MaxConcurrentStreams = 10,
        };
        Connection = new Http2Connection(role, options, new Http2Workspace(), _counters, this);
        Connection.Start(0);
    }

    public Http2Connection Connection { get; }

    /// <summary>Feeds the input in pieces of that size, ends the connection, and says what was seen.</summary>
    public string Run(byte[] input, int piece)
    {
        var start = 0;
        var fault = Http2Fault.None;
        for (var end = 0; end < input.Length && fault == Http2Fault.None; )
        {
            end = Math.Min(input.Length, end + piece);
            fault = Connection.Receive(input.AsSpan(start, end - start), 0, out var consumed);
            BrokenException.Unless(consumed <= end - start, "the connection took more than there was");
            start += consumed;
        }
        CheckOutput();
        Connection.Terminate(Http2ErrorCode.Cancel);
        foreach (var stream in _streams.ToArray())
            Release(stream);
        BrokenException.UnlessEqual(Connection.ActiveStreams, 0, "streams at the end");
        BrokenException.UnlessEqual(_counters[Http2Counter.StreamsActive], 0, "streams counted at the end");
        BrokenException.UnlessEqual(_counters[Http2Counter.PendingSendBytes], 0, "octets that wait at the end");
        return $"{_events}\n{fault}";
    }

    /// <summary>Client: a request that stays open, and one that does not.</summary>
    public void SendRequest(bool endOfStream)
    {
        var head = new RequestHead();
        head.SetMethod("POST"u8);
        head.SetScheme("http"u8);
        head.SetPath("/"u8);
        head.SetAuthority("a"u8);
        var stream = Connection.Open();
        stream.Response = new ResponseHead();
        stream.Trailers = new HeaderMap();
        _streams.Add(stream);
        Connection.SendRequest(stream, head, -1, endOfStream);
    }

    public RequestHead? OnOpening(Http2Stream stream)
    {
        BrokenException.Unless(_streams.Add(stream), "a stream is given out once");
        stream.Trailers = new HeaderMap();
        return new RequestHead();
    }

    public void OnRequest(Http2Stream stream, bool endOfStream)
    {
        Note(stream, $"request {Heads.Describe(stream.Request!)}", endOfStream);
        if (endOfStream)
            Answer(stream);
    }

    public void OnInterim(Http2Stream stream) => Note(stream, $"interim {Heads.Describe(stream.Response!)}", false);

    public void OnResponse(Http2Stream stream, bool endOfStream) =>
        Note(stream, $"response {Heads.Describe(stream.Response!)}", endOfStream);

    public void OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endOfStream)
    {
        BrokenException.Unless(stream.UnreleasedBytes >= data.Length, "body is counted");
        Connection.ReleaseReceived(stream, data.Length);
        // Pieces of one body are put together, for they depend on where the input was cut.
        if (_dataStream != stream.Id)
            _events.Append($"\n{stream.Id} data ");
        _dataStream = stream.Id;
        _events.Append(Convert.ToHexString(data));
        if (!endOfStream)
            return;
        _events.Append(" end");
        if (stream.State != Http2StreamState.Closed)
            Answer(stream);
    }

    public void OnTrailers(Http2Stream stream)
    {
        Note(stream, $"trailers {Heads.Describe(stream.Trailers!)}", true);
        Answer(stream);
    }

    public void OnReset(Http2Stream stream, Http2ErrorCode code)
    {
        BrokenException.UnlessEqual(stream.State, Http2StreamState.Closed, "state of a stream that was reset");
        Note(stream, $"reset {code} {stream.Fault}", true);
        Release(stream);
    }

    public void OnWritable(Http2Stream stream) => Connection.SendData(stream, "more"u8, endOfStream: true);

    public void OnSettings() => _events.Append("\nsettings");

    public void OnPingAnswered(ulong payload) => _events.Append($"\nping {payload}");

    public void OnGoAway(uint lastStreamId, Http2ErrorCode code) => _events.Append($"\ngoaway {lastStreamId} {code}");

    private void Answer(Http2Stream stream)
    {
        if (Connection.Role == Http2Role.Server)
        {
            var head = new ResponseHead { Status = 200 };
            head.Headers.Add("x"u8, stream.Request!.Path);
            Connection.SendResponse(stream, head, -1, endOfStream: false);
            if (Connection.SendData(stream, stream.Request.Path, endOfStream: true) != stream.Request.Path.Length)
                return;
        }
        Release(stream);
    }

    private void Release(Http2Stream stream)
    {
        BrokenException.Unless(_streams.Remove(stream), "a stream is given back once");
        Connection.Release(stream);
    }

    private void Note(Http2Stream stream, string what, bool end)
    {
        _dataStream = 0;
        _events.Append($"\n{stream.Id} {what}{(end ? " end" : "")}");
    }

    /// <summary>What is written is frames, whole ones, none larger than the peer takes.</summary>
    private void CheckOutput()
    {
        var output = Connection.Output;
        if (Connection.Role == Http2Role.Client)
            output = output[Http2Connection.ClientPreface.Length..];
        while (!output.IsEmpty)
        {
            BrokenException.Unless(output.Length >= 9, "a frame's header is whole");
            var length = (output[0] << 16) | (output[1] << 8) | output[2];
            BrokenException.Unless(
                length <= 16_384 && output.Length >= 9 + length,
                "a frame is whole and not too large"
            );
            output = output[(9 + length)..];
        }
    }
}
