// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;

namespace Lateen.Proxy.Admin;

/// <summary>One client of the admin interface: HTTP/1.1, keep-alive, answers whole.</summary>
internal sealed class AdminConnection(ByteStream stream, AdminHandlers handlers, AdminRole role)
{
    /// <summary>Body bytes written at once; the head goes with the first.</summary>
    private const int Piece = 32 * 1024;

    private readonly Http1Limits _limits = new();
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();
    private Http1RequestInfo _info;
    private int _scanned;

    public async LoopTask<int> ServeAsync()
    {
        try
        {
            while (await ReadRequestAsync())
            {
                var answer = Answer();
                var written = await stream.WriteAsync(Begin(answer, out var at));
                while (written > 0 && at < answer.Body.Length && !_info.IsHead)
                {
                    var length = Math.Min(Piece, answer.Body.Length - at);
                    written = await stream.WriteAsync(answer.Body.AsSpan(at, length));
                    at += length;
                }
                if (written < 0 || !_info.KeepAlive)
                    break;
            }
        }
        finally
        {
            stream.Close();
        }
        return 0;
    }

    /// <summary>False when the client is done, or sent something that is no request without body.</summary>
    private async LoopTask<bool> ReadRequestAsync()
    {
        _scanned = 0;
        while (true)
        {
            var status = Http1RequestParser.Parse(
                stream.Input,
                _limits,
                ref _scanned,
                _request,
                out _info,
                out var consumed,
                out _
            );
            if (status == ParseStatus.Complete)
            {
                stream.Consume(consumed);
                // No endpoint takes a body: one that comes anyway ends the connection after the answer.
                return _info.Framing == BodyFraming.None || _info.ContentLength == 0 || EndAfterAnswer();
            }
            if (status == ParseStatus.Fault || await stream.ReadAsync(ByteStream.DefaultMaxBuffered) <= 0)
                return false;
        }
    }

    private bool EndAfterAnswer()
    {
        _info = _info with { KeepAlive = false };
        return true;
    }

    private AdminResponse Answer() => handlers.Handle(role, AdminRequest.From(_request));

    private ReadOnlySpan<byte> Begin(AdminResponse answer, out int at)
    {
        _response.Clear();
        _response.Status = answer.Status;
        _response.Headers.Set(KnownHeader.ContentType, System.Text.Encoding.ASCII.GetBytes(answer.ContentType));
        _response.Headers.Set(KnownHeader.Server, "lateen"u8);
        var scratch = stream.Loop.Scratch.AsSpan();
        var head = Http1Writer.WriteResponseHead(
            _response,
            BodyFraming.None,
            answer.Body.Length,
            _info.KeepAlive,
            _request.Version,
            scratch
        );
        at = _info.IsHead ? 0 : Math.Min(Piece, answer.Body.Length);
        answer.Body.AsSpan(0, at).CopyTo(scratch[head..]);
        return scratch[..(head + at)];
    }
}
