// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CsCheck;
using Lateen.Http;
using Lateen.Http.Http1;

namespace DataPlane.Tests.Http;

public sealed class Http1BodyReaderTests
{
    public static TheoryData<string, Http1Fault> BadChunks =>
        new()
        {
            { "x\r\n", Http1Fault.InvalidChunk },
            { "\r\n", Http1Fault.InvalidChunk },
            { "-1\r\n", Http1Fault.InvalidChunk },
            { "+1\r\n", Http1Fault.InvalidChunk },
            { "0x1\r\n", Http1Fault.InvalidChunk },
            { " 1\r\n", Http1Fault.InvalidChunk },
            { "1 \r\n", Http1Fault.InvalidChunk },
            { "1 x\r\n", Http1Fault.InvalidChunk },
            { "1;\0\r\n", Http1Fault.InvalidChunk },
            { "fffffffffffffffff\r\n", Http1Fault.InvalidChunk },
            { "1\n", Http1Fault.BareLineBreak },
            { "1\r\nab\r\n", Http1Fault.InvalidChunk },
            { "1\r\na\n", Http1Fault.BareLineBreak },
            { "0\r\nno colon\r\n\r\n", Http1Fault.InvalidHeaderName },
            { "0\r\nx : y\r\n\r\n", Http1Fault.InvalidHeaderName },
            { "0\r\nx: a\r\n b\r\n\r\n", Http1Fault.ObsoleteLineFolding },
            { "0\r\nx: \0\r\n\r\n", Http1Fault.InvalidHeaderValue },
        };

    [Theory, MemberData(nameof(BadChunks))]
    public void A_bad_chunk_is_refused(string body, Http1Fault expected)
    {
        Read(Encoding.Latin1.GetBytes(body), BodyFraming.Chunked, 0, [int.MaxValue], out _, out var fault);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void Trailers_are_kept_but_for_those_that_frame_or_route()
    {
        var trailers = new HeaderMap();
        var reader = new Http1BodyReader(BodyFraming.Chunked, 0, Http1Limits.Default);
        reader.Read(
            "0\r\nx-sum: 1\r\ncontent-length: 5\r\nauthorization: me\r\n\r\n"u8,
            trailers,
            int.MaxValue,
            out _,
            out _,
            out _
        );
        Assert.True(reader.IsComplete);
        Assert.Equal(["x-sum"], Http1RequestParserTests.Names(trailers));
    }

    [Fact]
    public void Any_body_comes_out_as_it_went_in_however_it_is_cut() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[1, 40].Array[1, 12], Gen.Int[1, 50].Array[1, 12], Gen.Bool)
            .Sample(
                (body, chunks, cuts, chunked) =>
                {
                    var wire = chunked ? Encode(body, chunks) : body;
                    var framing = chunked ? BodyFraming.Chunked : BodyFraming.ContentLength;
                    var result = Read(
                        [.. wire, .. "GET "u8],
                        framing,
                        body.Length,
                        cuts,
                        out var consumed,
                        out var fault
                    );
                    Assert.Equal(Http1Fault.None, fault);
                    Assert.Equal(wire.Length, consumed);
                    Assert.Equal(body, result);
                },
                iter: 5_000
            );

    [Theory]
    [InlineData(BodyFraming.UntilClose, Http1Fault.None)]
    [InlineData(BodyFraming.Chunked, Http1Fault.PrematureEnd)]
    [InlineData(BodyFraming.ContentLength, Http1Fault.PrematureEnd)]
    public void The_end_of_the_connection_ends_only_a_body_without_other_end(BodyFraming framing, Http1Fault expected)
    {
        var reader = new Http1BodyReader(framing, 5, Http1Limits.Default);
        Assert.Equal(expected, reader.OnEndOfStream());
        Assert.Equal(expected == Http1Fault.None, reader.IsComplete);
    }

    private static byte[] Encode(byte[] body, int[] sizes)
    {
        var wire = new List<byte>();
        var header = new byte[16];
        for (int at = 0, i = 0; at < body.Length; i++)
        {
            var size = Math.Min(sizes[i % sizes.Length], body.Length - at);
            wire.AddRange(header[..Http1Writer.WriteChunkHeader(size, header)]);
            wire.AddRange(body[at..(at + size)]);
            wire.AddRange("\r\n"u8);
            at += size;
        }
        wire.AddRange(header[..Http1Writer.WriteLastChunk(null, header)]);
        return wire.ToArray();
    }

    private static byte[] Read(
        byte[] wire,
        BodyFraming framing,
        long length,
        int[] cuts,
        out int consumed,
        out Http1Fault fault
    )
    {
        var reader = new Http1BodyReader(framing, length, Http1Limits.Default);
        var body = new List<byte>();
        consumed = 0;
        var available = 0;
        fault = Http1Fault.None;
        for (var i = 0; !reader.IsComplete && available < wire.Length; i++)
        {
            available = (int)Math.Min(wire.Length, available + (long)cuts[i % cuts.Length]);
            int taken;
            do
            {
                var status = reader.Read(
                    wire.AsSpan(consumed, available - consumed),
                    null,
                    int.MaxValue,
                    out taken,
                    out var payload,
                    out fault
                );
                if (status == BodyStatus.Fault)
                    return [];
                body.AddRange(payload);
                consumed += taken;
            } while (taken > 0 && !reader.IsComplete);
        }
        return body.ToArray();
    }
}
