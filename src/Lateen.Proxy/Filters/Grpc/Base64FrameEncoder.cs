// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;

namespace Lateen.Proxy.Filters.Grpc;

/// <summary>
/// Writes a gRPC body as <c>grpc-web-text</c>: base64, padded at the end of each frame, so that a client can read every message
/// when it is there.
/// </summary>
internal struct Base64FrameEncoder
{
    private GrpcFrames _frames;

    /// <summary>Up to two bytes of a frame that do not fill a group yet.</summary>
    private uint _carry;
    private int _carried;

    /// <summary>Text for so many bytes, at the most: empty frames of five bytes take eight, and what was carried a group more.</summary>
    public static int MaxLength(int bytes) => (bytes * 8 / 5) + 12;

    /// <param name="output">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>Length of the text.</returns>
    public int Encode(ReadOnlySpan<byte> data, Span<byte> output)
    {
        var written = 0;
        while (!data.IsEmpty)
        {
            var piece = data[.._frames.Take(data, out _, out var ends)];
            data = data[piece.Length..];
            EncodePiece(piece, ends, output, ref written);
        }
        return written;
    }

    private void EncodePiece(ReadOnlySpan<byte> piece, bool ends, Span<byte> output, ref int written)
    {
        Span<byte> group = stackalloc byte[3];
        if (_carried > 0)
        {
            while (_carried < 3 && !piece.IsEmpty)
            {
                Carry(piece[0]);
                piece = piece[1..];
            }
            if (_carried < 3 && !ends)
                return;
            var carried = TakeCarry(group);
            Base64.EncodeToUtf8(group[..carried], output[written..], out _, out var grouped);
            written += grouped;
        }
        var whole = ends ? piece.Length : piece.Length / 3 * 3;
        Base64.EncodeToUtf8(piece[..whole], output[written..], out _, out var length);
        written += length;
        foreach (var octet in piece[whole..])
            Carry(octet);
    }

    private void Carry(byte octet)
    {
        _carry = (_carry << 8) | octet;
        _carried++;
    }

    private int TakeCarry(Span<byte> group)
    {
        var count = _carried;
        for (var i = 0; i < count; i++)
            group[i] = (byte)(_carry >> (8 * (count - 1 - i)));
        _carried = 0;
        return count;
    }
}
