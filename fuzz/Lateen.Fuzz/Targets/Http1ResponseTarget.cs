// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;

namespace Lateen.Fuzz.Targets;

/// <summary>A response read in pieces is the response read whole.</summary>
internal sealed class Http1ResponseTarget : IFuzzTarget
{
    private readonly ResponseHead _head = new();
    private readonly ResponseHead _again = new();

    public string Name => "http1-response";

    public void Run(byte[] input, Random random)
    {
        var whole = Parse(input, input.Length, _head, out var info, out var consumed);
        var piece = random.Next(1, 40);
        var cut = Parse(input, piece, _again, out _, out var cutConsumed);
        BrokenException.UnlessEqual(cut, whole, "status in pieces");
        if (whole != ParseStatus.Complete)
            return;
        BrokenException.UnlessEqual(cutConsumed, consumed, "length in pieces");
        BrokenException.UnlessEqual(Heads.Describe(_again), Heads.Describe(_head), "head in pieces");
        BrokenException.Unless(_head.Status is >= 100 and <= 999, "the status has three digits");
        var rest = input.AsSpan(consumed);
        BrokenException.UnlessEqual(
            Http1Body.Read(rest, info.Framing, info.ContentLength, piece),
            Http1Body.Read(rest, info.Framing, info.ContentLength, Math.Max(1, rest.Length)),
            "body in pieces"
        );
    }

    private static ParseStatus Parse(
        byte[] input,
        int piece,
        ResponseHead head,
        out Http1ResponseInfo info,
        out int consumed
    )
    {
        var scanned = 0;
        for (var available = Math.Min(piece, input.Length); ; available = Math.Min(input.Length, available + piece))
        {
            var status = Http1ResponseParser.Parse(
                input.AsSpan(0, available),
                Http1Limits.Default,
                false,
                ref scanned,
                head,
                out info,
                out consumed,
                out _
            );
            BrokenException.Unless(consumed <= available, "the parser took more than there was");
            if (status != ParseStatus.NeedMore || available == input.Length)
                return status;
        }
    }
}
