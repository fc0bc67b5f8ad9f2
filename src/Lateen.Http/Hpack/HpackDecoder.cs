// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Hpack;

/// <summary>
/// Decodes the header blocks of one direction of a connection (RFC 7541). A block has to be there whole, and each block
/// of the connection has to be decoded, in order, also those of streams that nobody wants.
/// </summary>
/// <remarks>
/// Bombs are defused by what is bounded: the table by <c>maxTableSize</c>, work by the block's length, and what a block
/// grows to by the sink, which stops keeping fields at its limit.
/// </remarks>
public sealed class HpackDecoder
{
    private readonly DynamicTable _table;
    private readonly HpackScratch _scratch;
    private readonly int _maxTableSize;
    private bool _mustShrink;

    /// <param name="maxTableSize">SETTINGS_HEADER_TABLE_SIZE that we announce; bytes as RFC 7541 §4.1 counts them.</param>
    public HpackDecoder(HpackScratch scratch, int maxTableSize = DefaultTableSize)
    {
        _scratch = scratch;
        _maxTableSize = maxTableSize;
        _table = new DynamicTable(DefaultTableSize);
    }

    /// <summary>The table's size before any SETTINGS (RFC 9113 §6.5.2).</summary>
    public const int DefaultTableSize = 4096;

    /// <summary>Bytes in the dynamic table.</summary>
    public int TableSize => _table.Size;

    /// <summary>The peer has acknowledged our SETTINGS: if they made the table smaller, its next block has to say so.</summary>
    public void OnSettingsAcknowledged() => _mustShrink = _maxTableSize < _table.Capacity;

    /// <summary>Decodes a whole block. After a fault the connection's table is in no defined state, and it has to end.</summary>
    public HpackFault Decode<TSink>(ReadOnlySpan<byte> block, ref TSink sink)
        where TSink : struct, IFieldSink, allows ref struct
    {
        var at = 0;
        var fault = ReadTableSizes(block, ref at);
        while (fault == HpackFault.None && at < block.Length)
        {
            var first = block[at];
            if (first >= 0x80)
                fault = ReadIndexed(block, ref at, ref sink);
            else if (first >= 0x40)
                fault = ReadLiteral(block, ref at, prefixBits: 6, index: true, ref sink);
            else if (first < 0x20)
                fault = ReadLiteral(block, ref at, prefixBits: 4, index: false, ref sink);
            else
                fault = HpackFault.TableSizeMisplaced;
        }
        return fault;
    }

    /// <summary>RFC 7541 §4.2: changes of the table's size come first.</summary>
    private HpackFault ReadTableSizes(ReadOnlySpan<byte> block, ref int at)
    {
        while (at < block.Length && block[at] is >= 0x20 and < 0x40)
        {
            if (HpackInteger.Read(block, ref at, 5, out var size) is var fault and not HpackFault.None)
                return fault;
            if (size > _maxTableSize)
                return HpackFault.TableSizeTooLarge;
            _table.Resize(size);
            _mustShrink = false;
        }
        return _mustShrink ? HpackFault.TableSizeMissing : HpackFault.None;
    }

    private HpackFault ReadIndexed<TSink>(ReadOnlySpan<byte> block, ref int at, ref TSink sink)
        where TSink : struct, IFieldSink, allows ref struct
    {
        if (HpackInteger.Read(block, ref at, 7, out var index) is var fault and not HpackFault.None)
            return fault;
        if (index == 0 || index > StaticTable.Count + _table.Count)
            return HpackFault.InvalidIndex;
        if (index <= StaticTable.Count)
        {
            var entry = StaticTable.Get(index);
            Emit(entry.Traits, entry.Name, entry.Value, ref sink);
        }
        else
        {
            ref readonly var entry = ref _table[index - StaticTable.Count - 1];
            Emit(entry.Traits, _table.Name(entry), _table.Value(entry), ref sink);
        }
        return HpackFault.None;
    }

    private HpackFault ReadLiteral<TSink>(
        ReadOnlySpan<byte> block,
        ref int at,
        int prefixBits,
        bool index,
        ref TSink sink
    )
        where TSink : struct, IFieldSink, allows ref struct
    {
        if (HpackInteger.Read(block, ref at, prefixBits, out var nameIndex) is var fault and not HpackFault.None)
            return fault;
        // A name out of the table is copied, for the entry it is in may be evicted for this one (RFC 7541 §4.4).
        var room = _scratch.Take(Huffman.MaxDecodedLength(block.Length - at) + _table.Capacity);
        fault = ReadName(block, ref at, nameIndex, ref room, out var name, out var traits);
        if (fault != HpackFault.None)
            return fault;
        fault = ReadString(block, ref at, ref room, out var value);
        if (fault != HpackFault.None)
            return fault;
        traits = traits with { ValueIsValid = FieldSyntax.IsValue(value) };
        Emit(traits, name, value, ref sink);
        if (index)
            _table.Insert(name, value, traits);
        return HpackFault.None;
    }

    private HpackFault ReadName(
        ReadOnlySpan<byte> block,
        scoped ref int at,
        int index,
        scoped ref Span<byte> room,
        out ReadOnlySpan<byte> name,
        out FieldTraits traits
    )
    {
        traits = default;
        name = default;
        if (index == 0)
        {
            var fault = ReadString(block, ref at, ref room, out name);
            traits = FieldTraits.OfName(name);
            return fault;
        }
        if (index <= StaticTable.Count)
        {
            var entry = StaticTable.Get(index);
            name = entry.Name;
            traits = entry.Traits;
            return HpackFault.None;
        }
        if (index > StaticTable.Count + _table.Count)
            return HpackFault.InvalidIndex;
        ref readonly var line = ref _table[index - StaticTable.Count - 1];
        _table.Name(line).CopyTo(room);
        name = room[..line.NameLength];
        room = room[line.NameLength..];
        traits = line.Traits;
        return HpackFault.None;
    }

    private static HpackFault ReadString(
        ReadOnlySpan<byte> block,
        scoped ref int at,
        scoped ref Span<byte> room,
        out ReadOnlySpan<byte> text
    )
    {
        text = default;
        if (at >= block.Length)
            return HpackFault.Truncated;
        var isHuffman = block[at] >= 0x80;
        if (HpackInteger.Read(block, ref at, 7, out var length) is var fault and not HpackFault.None)
            return fault;
        if (length > block.Length - at)
            return HpackFault.Truncated;
        text = block.Slice(at, length);
        at += length;
        if (!isHuffman)
            return HpackFault.None;
        var decoded = Huffman.Decode(text, room);
        if (decoded < 0)
            return HpackFault.InvalidHuffman;
        text = room[..decoded];
        room = room[decoded..];
        return HpackFault.None;
    }

    private static void Emit<TSink>(
        in FieldTraits traits,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value,
        ref TSink sink
    )
        where TSink : struct, IFieldSink, allows ref struct =>
        sink.OnField(
            new HpackField
            {
                Pseudo = traits.Pseudo,
                Id = traits.Id,
                Name = name,
                Value = value,
                NameIsValid = traits.NameIsValid,
                ValueIsValid = traits.ValueIsValid,
            }
        );
}
