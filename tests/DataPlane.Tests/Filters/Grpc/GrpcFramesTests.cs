// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CsCheck;
using Lateen.Proxy.Filters.Grpc;

namespace DataPlane.Tests.Filters.Grpc;

/// <summary>What the gRPC filters make of bodies, in pieces of any size.</summary>
public sealed class GrpcFramesTests
{
    /// <summary>Lengths of messages, and lengths of the pieces that they come in, over and over.</summary>
    private static readonly Gen<(int[] Messages, int[] Pieces)> s_bodies = Gen.Select(
        Gen.Int[0, 40].Array[0, 10],
        Gen.Int[1, 17].Array[1, 6]
    );

    [Fact]
    public void Messages_are_counted_when_they_begin() =>
        s_bodies.Sample(body =>
        {
            var frames = new GrpcFrames();
            var count = 0;
            var seen = 0;
            var starts = Starts(body.Messages);
            foreach (var piece in Cut(Frames(body.Messages), body.Pieces))
            {
                count += frames.Count(piece);
                seen += piece.Length;
                Assert.Equal(starts.Count(start => start < seen), count);
            }
            Assert.Equal(body.Messages.Length, count);
        });

    [Fact]
    public void Text_of_frames_can_be_read_message_by_message() =>
        s_bodies.Sample(body =>
        {
            var encoder = new Base64FrameEncoder();
            var text = new StringBuilder();
            var original = Frames(body.Messages);
            var ends = Starts(body.Messages).Skip(1).Append(original.Length).ToArray();
            var fed = 0;
            foreach (var piece in Cut(original, body.Pieces))
            {
                var output = new byte[Base64FrameEncoder.MaxLength(piece.Length)];
                text.Append(Encoding.ASCII.GetString(output, 0, encoder.Encode(piece, output)));
                fed += piece.Length;
                // Every frame that is here whole can be decoded whole.
                var whole = ends.LastOrDefault(end => end <= fed);
                Assert.Equal(original[..whole], Decode(text.ToString(), [1000])![..whole]);
            }
            Assert.Equal(original, Decode(text.ToString(), body.Pieces));
        });

    [Theory]
    [InlineData("AAAA", true)]
    [InlineData("AA==", true)]
    [InlineData("AA==AAA=", true)]
    [InlineData("AA=A", false)]
    [InlineData("A===", false)]
    [InlineData("====", false)]
    [InlineData("AAA\n", false)]
    [InlineData("AA AA", false)]
    [InlineData("AA-_", false)]
    [InlineData("", true)]
    [InlineData("AAA", false)]
    public void Base64_is_read_strictly(string text, bool isValid)
    {
        foreach (var piece in (int[])[1, 2, 3, 5, 100])
            Assert.Equal(isValid, Decode(text, [piece]) is not null);
    }

    /// <summary>Null when it is no base64, or not all of it.</summary>
    internal static byte[]? Decode(string text, int[] pieces)
    {
        var decoder = new Base64Decoder();
        var all = new List<byte>();
        foreach (var piece in Cut(Encoding.Latin1.GetBytes(text), pieces))
        {
            var output = new byte[Base64Decoder.MaxLength(piece.Length)];
            if (!decoder.TryDecode(piece, output, out var written))
                return null;
            all.AddRange(output[..written]);
        }
        return decoder.IsComplete ? [.. all] : null;
    }

    private static byte[] Frames(int[] messages)
    {
        var all = new List<byte>();
        foreach (var length in messages)
            all.AddRange(Frame(Enumerable.Range(0, length).Select(static i => (byte)(i * 37)).ToArray()));
        return [.. all];
    }

    internal static byte[] Frame(ReadOnlySpan<byte> message, byte flags = 0) =>
        [flags, 0, (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];

    private static int[] Starts(int[] messages) =>
        messages.Select((_, i) => messages.Take(i).Sum(static length => length + GrpcFrames.HeaderLength)).ToArray();

    private static IEnumerable<byte[]> Cut(byte[] bytes, int[] pieces)
    {
        for (var (at, turn) = (0, 0); at < bytes.Length; turn++)
        {
            var length = Math.Min(pieces[turn % pieces.Length], bytes.Length - at);
            yield return bytes[at..(at + length)];
            at += length;
        }
    }
}
