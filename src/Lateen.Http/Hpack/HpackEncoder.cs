// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Hpack;

/// <summary>
/// Encodes the header blocks of one direction of a connection (RFC 7541). A block is: <see cref="BeginBlock"/>, then
/// fields, into a buffer with room for them as literals.
/// </summary>
/// <remarks>
/// A field gets into the dynamic table when it is seen for the second time, so that what differs from request to request
/// (ids, times, paths with numbers) never pushes out what repeats; the price is one more literal for each field of a
/// connection. Strings are written as they are unless Huffman is asked for: inside a mesh the processor costs more than
/// the quarter of bytes it saves (HAProxy decides likewise).
/// </remarks>
public sealed class HpackEncoder
{
    /// <summary>Bytes that all changes of the table's size take at the start of a block at the most.</summary>
    public const int BlockOverhead = 12;

    /// <summary>Cookies shorter than this are guessable, so they are kept out of every table (RFC 7541 §7.1.3; nghttp2's number).</summary>
    private const int ShortCookie = 20;

    private readonly EncoderTable _table;
    private readonly bool _huffman;
    private int _smallestSize = -1;
    private bool _sizeChanged;

    /// <param name="maxTableSize">Bytes of table that we use at the most, whatever the peer admits; 0 uses none.</param>
    public HpackEncoder(int maxTableSize = HpackDecoder.DefaultTableSize, bool huffman = false)
    {
        MaxTableSize = maxTableSize;
        _huffman = huffman;
        _table = new EncoderTable(Math.Min(HpackDecoder.DefaultTableSize, maxTableSize));
        if (maxTableSize < HpackDecoder.DefaultTableSize)
            SetSize(maxTableSize);
    }

    public int MaxTableSize { get; }

    /// <summary>Bytes in the dynamic table.</summary>
    public int TableSize => _table.Size;

    /// <summary>Takes the peer's SETTINGS_HEADER_TABLE_SIZE; the next block announces what we make of it.</summary>
    public void SetPeerTableSize(long size)
    {
        var capacity = (int)Math.Min(size, MaxTableSize);
        if (capacity != _table.Capacity)
            SetSize(capacity);
    }

    /// <summary>Starts a block: with the changes of the table's size since the last one (RFC 7541 §4.2).</summary>
    public void BeginBlock(Span<byte> output, ref int at)
    {
        if (!_sizeChanged)
            return;
        if (_smallestSize < _table.Capacity)
            HpackInteger.Write(output, ref at, 0x20, 5, _smallestSize);
        HpackInteger.Write(output, ref at, 0x20, 5, _table.Capacity);
        _sizeChanged = false;
        _smallestSize = -1;
    }

    /// <summary>Writes a pseudo-header. Values of the static table take one byte.</summary>
    public void WritePseudo(Span<byte> output, ref int at, PseudoHeader name, ReadOnlySpan<byte> value)
    {
        var index = FirstIndexOf(name);
        if (index == 0)
        {
            WriteField(output, ref at, KnownHeader.Other, ":protocol"u8, value);
            return;
        }
        for (var i = index; i <= StaticTable.Count && StaticTable.Get(i).Traits.Pseudo == name; i++)
        {
            if (!value.SequenceEqual(StaticTable.Get(i).Value))
                continue;
            output[at++] = (byte)(0x80 | i);
            return;
        }
        Write(output, ref at, index, StaticTable.Get(index).Name, value);
    }

    /// <summary>Writes a field whose name is in lower case.</summary>
    public void WriteField(
        Span<byte> output,
        ref int at,
        KnownHeader id,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value
    )
    {
        var index = StaticTable.FindName(id, name);
        if (IsSensitive(id, value))
        {
            WriteLiteral(output, ref at, 0x10, 4, index, name, value);
            return;
        }
        if (index != 0 && !value.IsEmpty && value.SequenceEqual(StaticTable.Get(index).Value))
            output[at++] = (byte)(0x80 | index);
        else
            Write(output, ref at, index, name, value);
    }

    private void Write(Span<byte> output, ref int at, int nameIndex, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var hash = EncoderTable.HashOf(name, value);
        var index = _table.Find(hash, name, value);
        if (index >= 0)
            HpackInteger.Write(output, ref at, 0x80, 7, StaticTable.Count + 1 + index);
        else if (_table.ShouldInsert(hash, name.Length + value.Length))
        {
            WriteLiteral(output, ref at, 0x40, 6, nameIndex, name, value);
            _table.Insert(hash, name, value);
        }
        else
            WriteLiteral(output, ref at, 0x00, 4, nameIndex, name, value);
    }

    private void WriteLiteral(
        Span<byte> output,
        ref int at,
        byte pattern,
        int prefixBits,
        int nameIndex,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value
    )
    {
        HpackInteger.Write(output, ref at, pattern, prefixBits, nameIndex);
        if (nameIndex == 0)
            WriteString(output, ref at, name);
        WriteString(output, ref at, value);
    }

    private void WriteString(Span<byte> output, ref int at, ReadOnlySpan<byte> text)
    {
        if (_huffman && Huffman.EncodedLength(text) is var length && length < text.Length)
        {
            HpackInteger.Write(output, ref at, 0x80, 7, length);
            at += Huffman.Encode(text, output[at..]);
            return;
        }
        HpackInteger.Write(output, ref at, 0x00, 7, text.Length);
        text.CopyTo(output[at..]);
        at += text.Length;
    }

    private void SetSize(int capacity)
    {
        _smallestSize = _sizeChanged ? Math.Min(_smallestSize, capacity) : capacity;
        _sizeChanged = true;
        _table.Resize(capacity);
    }

    private static bool IsSensitive(KnownHeader id, ReadOnlySpan<byte> value) =>
        id is KnownHeader.Authorization or KnownHeader.ProxyAuthorization
        || (id == KnownHeader.Cookie && value.Length < ShortCookie);

    private static int FirstIndexOf(PseudoHeader name) =>
        name switch
        {
            PseudoHeader.Authority => 1,
            PseudoHeader.Method => 2,
            PseudoHeader.Path => 4,
            PseudoHeader.Scheme => 6,
            PseudoHeader.Status => 8,
            PseudoHeader.Protocol => 0,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "not a pseudo-header that is sent"),
        };
}
