// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Lateen.Http.Http2;

/// <summary>Frame types of RFC 9113 §6; others are ignored (§5.5).</summary>
internal enum FrameType : byte
{
    Data = 0x0,
    Headers = 0x1,
    Priority = 0x2,
    RstStream = 0x3,
    Settings = 0x4,
    PushPromise = 0x5,
    Ping = 0x6,
    GoAway = 0x7,
    WindowUpdate = 0x8,
    Continuation = 0x9,
}

/// <summary>Flags of RFC 9113 §6; what a bit means depends on the type.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>Of DATA and HEADERS.</summary>
    EndStream = 0x1,

    /// <summary>Of SETTINGS and PING.</summary>
    Ack = EndStream,

    /// <summary>Of HEADERS and CONTINUATION.</summary>
    EndHeaders = 0x4,

    /// <summary>Of DATA and HEADERS.</summary>
    Padded = 0x8,

    /// <summary>Of HEADERS.</summary>
    Priority = 0x20,
}

/// <summary>The nine bytes in front of every frame (RFC 9113 §4.1).</summary>
internal readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, uint StreamId)
{
    public const int Size = 9;

    /// <summary>Payload every endpoint has to take, and the most we take (RFC 9113 §4.2).</summary>
    public const int MaxPayload = 16_384;

    public const uint StreamIdMask = 0x7fff_ffff;

    public static FrameHeader Read(ReadOnlySpan<byte> input)
    {
        var lengthAndType = BinaryPrimitives.ReadUInt32BigEndian(input);
        var id = BinaryPrimitives.ReadUInt32BigEndian(input[5..]) & StreamIdMask;
        return new FrameHeader((int)(lengthAndType >> 8), (FrameType)lengthAndType, (FrameFlags)input[4], id);
    }

    public static void Write(Span<byte> output, int length, FrameType type, FrameFlags flags, uint streamId)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output, ((uint)length << 8) | (byte)type);
        output[4] = (byte)flags;
        BinaryPrimitives.WriteUInt32BigEndian(output[5..], streamId);
    }

    public bool Has(FrameFlags flag) => (Flags & flag) != FrameFlags.None;
}
