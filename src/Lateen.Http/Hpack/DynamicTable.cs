// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Hpack;

/// <summary>
/// The dynamic table of one direction (RFC 7541 §2.3.2): newest first, the oldest leave when room is needed. Text lies
/// in one array, in order of arrival, and is moved to its start when it reaches the end, so every entry is one span.
/// Memory grows with what is in it: an idle connection's empty table has none.
/// </summary>
internal sealed class DynamicTable
{
    private TableEntry[] _entries = [];
    private byte[] _text = [];
    private int _textStart;
    private int _textEnd;
    private uint _inserted;

    public DynamicTable(int capacity) => Capacity = capacity;

    /// <summary>Entries in the table.</summary>
    public int Count { get; private set; }

    /// <summary>RFC 7541 §4.1: text and 32 for each entry.</summary>
    public int Size { get; private set; }

    public int Capacity { get; private set; }

    /// <summary>Number of the newest entry; the oldest one has this minus <see cref="Count"/> plus one. Numbers start at 1.</summary>
    public uint Newest => _inserted;

    /// <summary>By index, 0 being the newest.</summary>
    public ref readonly TableEntry this[int index] => ref At(_inserted - (uint)index);

    public ref readonly TableEntry At(uint number) => ref _entries[number & (uint)(_entries.Length - 1)];

    public ReadOnlySpan<byte> Name(in TableEntry entry) => _text.AsSpan(entry.Offset, entry.NameLength);

    public ReadOnlySpan<byte> Value(in TableEntry entry) =>
        _text.AsSpan(entry.Offset + entry.NameLength, entry.ValueLength);

    /// <summary>Changes the capacity, evicting what no longer fits (RFC 7541 §4.3).</summary>
    public void Resize(int capacity)
    {
        Capacity = capacity;
        Evict(capacity);
    }

    /// <summary>
    /// Adds an entry, evicting older ones; one that is larger than the table empties it (RFC 7541 §4.4). Neither span may
    /// lie in this table.
    /// </summary>
    /// <returns>False when it did not fit.</returns>
    public bool Insert(
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value,
        FieldTraits traits,
        uint hash = 0,
        uint older = 0
    )
    {
        var size = name.Length + value.Length + TableEntry.Overhead;
        Evict(Math.Max(Capacity - size, 0));
        if (size > Capacity)
            return false;
        if (Count == _entries.Length)
            GrowEntries();
        MakeTextRoom(name.Length + value.Length);
        name.CopyTo(_text.AsSpan(_textEnd));
        value.CopyTo(_text.AsSpan(_textEnd + name.Length));
        _inserted++;
        _entries[_inserted & (uint)(_entries.Length - 1)] = new TableEntry
        {
            Offset = _textEnd,
            NameLength = name.Length,
            ValueLength = value.Length,
            Traits = traits,
            Hash = hash,
            Older = older,
        };
        _textEnd += name.Length + value.Length;
        Size += size;
        Count++;
        return true;
    }

    private void Evict(int capacity)
    {
        while (Size > capacity)
        {
            ref readonly var oldest = ref At(_inserted - (uint)Count + 1);
            _textStart = oldest.Offset + oldest.NameLength + oldest.ValueLength;
            Size -= oldest.Size;
            Count--;
        }
        if (Count == 0)
            _textStart = _textEnd = 0;
    }

    private void MakeTextRoom(int length)
    {
        if (_text.Length - _textEnd >= length)
            return;
        var live = _textEnd - _textStart;
        var target = _text;
        // Half of the array free after a move means that a byte is moved about once at the most.
        if (live + length > _text.Length / 2)
            target = new byte[Math.Max(512, Math.Max(_text.Length * 2, (live + length) * 2))];
        _text.AsSpan(_textStart, live).CopyTo(target);
        _text = target;
        for (var i = 0; i < Count; i++)
            _entries[(_inserted - (uint)i) & (uint)(_entries.Length - 1)].Offset -= _textStart;
        _textStart = 0;
        _textEnd = live;
    }

    private void GrowEntries()
    {
        var larger = new TableEntry[Math.Max(16, _entries.Length * 2)];
        for (var i = 0; i < Count; i++)
        {
            var number = _inserted - (uint)i;
            larger[number & (uint)(larger.Length - 1)] = At(number);
        }
        _entries = larger;
    }
}
