// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>One side of a connection, with what happened on it as lines of text, and streams by id.</summary>
internal sealed class Endpoint : IHttp2Handler
{
    private readonly List<byte> _input = [];

    public Endpoint(Http2Role role, Http2Options? options = null)
    {
        Connection = new Http2Connection(role, options ?? Http2Options.Default, Workspace, Counters, this);
        Connection.Start(now: 0);
    }

    public Http2Workspace Workspace { get; } = new();

    public Http2Counters Counters { get; } = new();

    public Http2Connection Connection { get; }

    public List<string> Events { get; } = [];

    public Dictionary<uint, Http2Stream> Streams { get; } = [];

    public List<Http2Stream> Writable { get; } = [];

    /// <summary>Body that arrives is dealt with at once.</summary>
    public bool ReleasesData { get; set; } = true;

    public bool RefusesStreams { get; set; }

    /// <summary>Called for each event, after it is noted.</summary>
    public Action<Endpoint, Http2Stream, string>? OnEvent { get; set; }

    public long Now { get; set; }

    /// <summary>A server that has the client's preface and SETTINGS behind it, and nothing left to write.</summary>
    public static Endpoint StartedServer(Http2Options? options = null)
    {
        var server = new Endpoint(Http2Role.Server, options);
        server.Feed(Frames.Preface, Frames.EmptySettings);
        server.TakeOutput();
        server.Events.Clear();
        return server;
    }

    /// <summary>A client likewise, with one GET sent on stream 1.</summary>
    public static Endpoint StartedClient(Http2Options? options = null, string method = "GET", bool endOfStream = true)
    {
        var client = new Endpoint(Http2Role.Client, options);
        client.Feed(Frames.EmptySettings);
        client.Send(method, endOfStream: endOfStream);
        client.TakeOutput();
        client.Events.Clear();
        return client;
    }

    /// <summary>Puts bytes behind those left over, and has them received.</summary>
    public Http2Fault Feed(params byte[][] parts)
    {
        foreach (var part in parts)
            _input.AddRange(part);
        var fault = Connection.Receive(_input.ToArray(), Now, out var consumed);
        _input.RemoveRange(0, consumed);
        return fault;
    }

    public byte[] TakeOutput()
    {
        var output = Connection.Output.ToArray();
        Connection.OnWritten(output.Length);
        return output;
    }

    /// <summary>Frames written since the last look.</summary>
    public List<string> TakeFrames() => Frames.Describe(TakeOutput());

    public Http2Stream Send(string method = "GET", string path = "/", bool endOfStream = true, params string[] fields)
    {
        var head = new RequestHead();
        head.SetMethod(Bytes(method));
        head.SetScheme("http"u8);
        head.SetPath(Bytes(path));
        head.SetAuthority("a.test"u8);
        Fill(head.Headers, fields);
        return Send(head, -1, endOfStream);
    }

    public Http2Stream Send(RequestHead head, long contentLength, bool endOfStream)
    {
        var stream = Connection.Open();
        stream.Response = new ResponseHead();
        stream.Trailers = new HeaderMap();
        Connection.SendRequest(stream, head, contentLength, endOfStream);
        Streams[stream.Id] = stream;
        return stream;
    }

    public void Respond(uint id, int status = 200, bool endOfStream = true, params string[] fields)
    {
        var head = new ResponseHead { Status = status };
        Fill(head.Headers, fields);
        if (status < 200 && status != 101)
            Connection.SendInterim(Streams[id], head);
        else
            Connection.SendResponse(Streams[id], head, -1, endOfStream);
    }

    public void SendTrailers(uint id, params string[] fields)
    {
        var trailers = new HeaderMap();
        Fill(trailers, fields);
        Connection.SendTrailers(Streams[id], trailers);
    }

    public RequestHead? OnOpening(Http2Stream stream)
    {
        if (RefusesStreams)
            return null;
        Streams[stream.Id] = stream;
        stream.Owner = this;
        stream.Trailers = new HeaderMap();
        return new RequestHead();
    }

    public void OnRequest(Http2Stream stream, bool endOfStream)
    {
        var head = stream.Request!;
        Note(
            stream,
            $"request {stream.Id} {Text(head.Method)} {Text(head.Scheme)} {Text(head.Authority)} {Text(head.Path)}"
                + Fields(head.Headers)
                + End(endOfStream)
        );
    }

    public void OnInterim(Http2Stream stream) =>
        Note(stream, $"interim {stream.Id} {stream.Response!.Status}{Fields(stream.Response.Headers)}");

    public void OnResponse(Http2Stream stream, bool endOfStream) =>
        Note(
            stream,
            $"response {stream.Id} {stream.Response!.Status}{Fields(stream.Response.Headers)}{End(endOfStream)}"
        );

    public void OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endOfStream)
    {
        if (ReleasesData)
            Connection.ReleaseReceived(stream, data.Length);
        Note(stream, $"data {stream.Id} {Text(data)}{End(endOfStream)}");
    }

    public void OnTrailers(Http2Stream stream) => Note(stream, $"trailers {stream.Id}{Fields(stream.Trailers!)} END");

    public void OnReset(Http2Stream stream, Http2ErrorCode code) =>
        Note(stream, $"reset {stream.Id} {code}{(stream.IsUnprocessed ? " unprocessed" : "")}");

    public void OnWritable(Http2Stream stream)
    {
        Writable.Add(stream);
        OnEvent?.Invoke(this, stream, "writable");
    }

    public void OnSettings() => Events.Add("settings");

    public void OnPingAnswered(ulong payload) => Events.Add($"ping answered {payload:x}");

    public void OnGoAway(uint lastStreamId, Http2ErrorCode code) => Events.Add($"goaway {lastStreamId} {code}");

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static void Fill(HeaderMap headers, string[] fields)
    {
        foreach (var field in fields)
        {
            var parts = field.Split(": ", 2);
            headers.Add(Bytes(parts[0]), Bytes(parts[1]));
        }
    }

    private static string Fields(HeaderMap headers)
    {
        var text = new StringBuilder();
        for (var i = 0; i < headers.Count; i++)
        {
            if (!headers[i].IsRemoved)
                text.Append($" [{Text(headers.Name(i))}: {Text(headers.Value(i))}]");
        }
        return text.ToString();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static string End(bool endOfStream) => endOfStream ? " END" : "";

    private void Note(Http2Stream stream, string line)
    {
        Events.Add(line);
        OnEvent?.Invoke(this, stream, line);
    }
}
