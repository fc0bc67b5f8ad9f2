// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Http;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>The server of <c>Cases/cases.txt</c>: answers a request when it ends, with as much body as its path asks for.</summary>
internal sealed class TestApplication : IHttp2Handler
{
    private readonly Dictionary<Http2Stream, int> _bodies = [];

    public TestApplication(Http2Options options)
    {
        Connection = new Http2Connection(Http2Role.Server, options, new Http2Workspace(), new Http2Counters(), this);
        Connection.Start(now: 0);
    }

    public Http2Connection Connection { get; }

    public RequestHead? OnOpening(Http2Stream stream)
    {
        stream.Trailers = new HeaderMap();
        return new RequestHead();
    }

    public void OnRequest(Http2Stream stream, bool endOfStream)
    {
        if (endOfStream)
            Respond(stream);
    }

    public void OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endOfStream)
    {
        Connection.ReleaseReceived(stream, data.Length);
        if (endOfStream)
            Respond(stream);
    }

    public void OnTrailers(Http2Stream stream) => Respond(stream);

    public void OnReset(Http2Stream stream, Http2ErrorCode code)
    {
        _bodies.Remove(stream);
        Connection.Release(stream);
    }

    public void OnWritable(Http2Stream stream) => SendBody(stream);

    public void OnInterim(Http2Stream stream) => throw new InvalidOperationException("a server has no responses");

    public void OnResponse(Http2Stream stream, bool endOfStream) =>
        throw new InvalidOperationException("a server has no responses");

    public void OnSettings() { }

    public void OnPingAnswered(ulong payload) { }

    public void OnGoAway(uint lastStreamId, Http2ErrorCode code) { }

    private void Respond(Http2Stream stream)
    {
        var path = Encoding.ASCII.GetString(stream.Request!.Path);
        if (path == "/wait")
            return;
        var length = path.StartsWith("/bytes/", StringComparison.Ordinal)
            ? int.Parse(path.AsSpan(7), CultureInfo.InvariantCulture)
            : 0;
        Connection.SendResponse(stream, new ResponseHead { Status = 200 }, length, endOfStream: length == 0);
        _bodies[stream] = length;
        if (length > 0)
            SendBody(stream);
        else
            Connection.Release(stream);
    }

    private void SendBody(Http2Stream stream)
    {
        var left = _bodies[stream];
        left -= Connection.SendData(stream, new byte[left], endOfStream: true);
        _bodies[stream] = left;
        if (left > 0)
            return;
        _bodies.Remove(stream);
        Connection.Release(stream);
    }
}
