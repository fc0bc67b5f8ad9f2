// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;

namespace Lateen.Config.Schemas;

/// <summary>Writes the fields of a protobuf message: the few kinds that <see cref="OpenApiProtobuf"/> needs. Defaults are left out.</summary>
internal sealed class ProtobufText
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Length = 2;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Message(int field, ProtobufText message) => Bytes(field, message._bytes.WrittenSpan);

    public void Flag(int field, bool value)
    {
        if (!value)
            return;
        Tag(field, Varint);
        WriteVarint(1);
    }

    public void Number(int field, double value)
    {
        Tag(field, Fixed64);
        _bytes.Write(BitConverter.GetBytes(value));
    }

    private void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Length);
        WriteVarint((uint)value.Length);
        _bytes.Write(value);
    }

    private void Tag(int field, int wireType) => WriteVarint((uint)((field << 3) | wireType));

    private void WriteVarint(uint value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }
        WriteByte((byte)value);
    }

    private void WriteByte(byte value) => _bytes.Write([value]);
}
