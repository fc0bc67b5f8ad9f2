// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace Lateen.Proxy.Health.Checks;

/// <summary>
/// The two messages of <c>grpc.health.v1.Health/Check</c> in gRPC's frames: a byte for compression, four for the length, the
/// message. A request has the service's name in field 1, an answer its status, 1 being SERVING.
/// </summary>
internal static class HealthMessages
{
    /// <summary>Ours: an answer is 7 bytes; unknown fields may make it longer.</summary>
    public const int MaxAnswer = 4096;

    private const int FrameHeader = 5;
    private const int Serving = 1;
    private const int StatusField = 1;

    public static byte[] WriteRequest(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var message = new List<byte>();
        if (name.Length > 0)
        {
            message.Add(0x0a); // field 1, length-delimited
            var length = (uint)name.Length;
            for (; length > 0x7f; length >>= 7)
                message.Add((byte)(length | 0x80));
            message.Add((byte)length);
            message.AddRange(name);
        }
        var frame = new byte[FrameHeader + message.Count];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Count);
        message.CopyTo(frame, FrameHeader);
        return frame;
    }

    /// <summary>Whether a body is one answer, and the answer is SERVING.</summary>
    public static bool IsServing(ReadOnlySpan<byte> body)
    {
        if (
            body.Length < FrameHeader
            || body[0] != 0
            || BinaryPrimitives.ReadUInt32BigEndian(body[1..]) != body.Length - FrameHeader
        )
            return false;
        return TryReadStatus(body[FrameHeader..], out var status) && status == Serving;
    }

    private static bool TryReadStatus(ReadOnlySpan<byte> message, out ulong status)
    {
        status = 0;
        while (!message.IsEmpty)
        {
            if (!TryReadVarint(ref message, out var key))
                return false;
            var skipped = 0UL;
            switch (key & 7)
            {
                case 0 when TryReadVarint(ref message, out var value):
                    if (key >> 3 == StatusField)
                        status = value;
                    break;
                case 1:
                    skipped = 8;
                    break;
                case 2 when TryReadVarint(ref message, out skipped):
                    break;
                case 5:
                    skipped = 4;
                    break;
                default:
                    return false;
            }
            if (skipped > (ulong)message.Length)
                return false;
            message = message[(int)skipped..];
        }
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] > 0x7f)
                continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }
}
