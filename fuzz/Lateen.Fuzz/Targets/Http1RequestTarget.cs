// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;

namespace Lateen.Fuzz.Targets;

/// <summary>
/// A request read in pieces is the request read whole; and one that is written again reads the same, so that nothing is
/// smuggled past us.
/// </summary>
internal sealed class Http1RequestTarget : IFuzzTarget
{
    private readonly RequestHead _head = new();
    private readonly RequestHead _again = new();

    public string Name => "http1-request";

    public void Run(byte[] input, Random random)
    {
        var whole = Parse(input, input.Length, _head, out var info, out var consumed, out var fault);
        var piece = random.Next(1, 40);
        var cut = Parse(input, piece, _again, out _, out var cutConsumed, out var cutFault);
        // A fault may show earlier in pieces, but only where there is one.
        BrokenException.UnlessEqual(cut, whole, "status in pieces");
        if (whole != ParseStatus.Complete)
            return;
        BrokenException.UnlessEqual(cutConsumed, consumed, "length in pieces");
        BrokenException.UnlessEqual(cutFault, fault, "fault in pieces");
        BrokenException.UnlessEqual(Heads.Describe(_again), Heads.Describe(_head), "head in pieces");
        var rest = input.AsSpan(consumed);
        BrokenException.UnlessEqual(
            Http1Body.Read(rest, info.Framing, info.ContentLength, piece),
            Http1Body.Read(rest, info.Framing, info.ContentLength, Math.Max(1, rest.Length)),
            "body in pieces"
        );
        WriteAndReadAgain(info);
    }

    private void WriteAndReadAgain(in Http1RequestInfo info)
    {
        var output = new byte[256 * 1024];
        var length = Http1Writer.WriteRequestHead(_head, info.Framing, info.ContentLength, output);
        BrokenException.Unless(length > 0, "a head that was read can be written");
        // A client of HTTP/1.0 need not send Host, and the writer then has none to send.
        if (_head.Authority.IsEmpty)
            return;
        var limits = new Http1Limits { MaxHeadBytes = output.Length, MaxHeaderCount = 1000 };
        var scanned = 0;
        var status = Http1RequestParser.Parse(
            output.AsSpan(0, length),
            limits,
            ref scanned,
            _again,
            out var info2,
            out var consumed,
            out var fault
        );
        BrokenException.Unless(status == ParseStatus.Complete, $"what is written can be read, but is {status} {fault}");
        BrokenException.UnlessEqual(consumed, length, "length of what is written");
        BrokenException.UnlessEqual(info2.Framing, info.Framing, "framing of what is written");
        BrokenException.UnlessEqual(Heads.Text(_again.Method), Heads.Text(_head.Method), "method of what is written");
        BrokenException.UnlessEqual(Heads.Text(_again.Path), Heads.Text(_head.Path), "path of what is written");
        BrokenException.UnlessEqual(
            Heads.Describe(_again.Headers),
            Heads.Describe(_head.Headers),
            "fields of what is written"
        );
    }

    private static ParseStatus Parse(
        byte[] input,
        int piece,
        RequestHead head,
        out Http1RequestInfo info,
        out int consumed,
        out Http1Fault fault
    )
    {
        var scanned = 0;
        for (var available = Math.Min(piece, input.Length); ; available = Math.Min(input.Length, available + piece))
        {
            var status = Http1RequestParser.Parse(
                input.AsSpan(0, available),
                Http1Limits.Default,
                ref scanned,
                head,
                out info,
                out consumed,
                out fault
            );
            BrokenException.Unless(consumed <= available, "the parser took more than there was");
            if (status != ParseStatus.NeedMore || available == input.Length)
                return status;
        }
    }
}
