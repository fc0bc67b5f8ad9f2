// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;

namespace Lateen.Fuzz.Targets;

/// <summary>What a body reader makes of the bytes behind a head.</summary>
internal sealed record Http1Body(string Payload, BodyStatus End, Http1Fault Fault, int Consumed)
{
    /// <summary>Reads to the end of the body, of the input, or to a fault; the input comes in pieces up to that size.</summary>
    public static Http1Body Read(ReadOnlySpan<byte> input, BodyFraming framing, long length, int piece)
    {
        var reader = new Http1BodyReader(framing, length, Http1Limits.Default);
        var trailers = new HeaderMap();
        var payload = new List<byte>();
        var at = 0;
        var available = Math.Min(piece, input.Length);
        while (true)
        {
            var status = reader.Read(
                input[at..available],
                trailers,
                piece,
                out var consumed,
                out var data,
                out var fault
            );
            at += consumed;
            payload.AddRange(data);
            BrokenException.Unless(at <= available, "the reader took more than there was");
            if (status == BodyStatus.Data)
                continue;
            if (status != BodyStatus.NeedMore || available == input.Length)
                return new Http1Body(
                    Convert.ToHexString([.. payload]),
                    status,
                    fault,
                    status == BodyStatus.Fault ? 0 : at
                );
            available = Math.Min(input.Length, available + piece);
        }
    }
}
