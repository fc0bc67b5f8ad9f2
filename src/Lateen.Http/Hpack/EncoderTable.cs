// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Lateen.Http.Hpack;

/// <summary>An encoder's dynamic table with the way from a field to its index, and a memory of which fields were seen once.</summary>
internal sealed class EncoderTable
{
    private const int Buckets = 128;
    private const int Remembered = 128;

    private readonly DynamicTable _table;

    /// <summary>Number of the newest entry in each bucket; entries link to older ones. Those evicted are told by their number.</summary>
    private uint[] _newest = [];

    /// <summary>Hashes of fields seen before, by their low bits; a newer field takes an older one's place.</summary>
    private uint[] _seen = [];

    public EncoderTable(int capacity) => _table = new DynamicTable(capacity);

    public int Size => _table.Size;

    public int Capacity => _table.Capacity;

    public void Resize(int capacity) => _table.Resize(capacity);

    /// <summary>Index of the entry, 0 being the newest; -1 for none.</summary>
    public int Find(uint hash, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_newest.Length == 0)
            return -1;
        var number = _newest[hash % Buckets];
        while (_table.Newest - number < (uint)_table.Count)
        {
            ref readonly var entry = ref _table.At(number);
            if (
                entry.Hash == hash
                && value.SequenceEqual(_table.Value(entry))
                && name.SequenceEqual(_table.Name(entry))
            )
                return (int)(_table.Newest - number);
            number = entry.Older;
        }
        return -1;
    }

    /// <summary>True when the field was seen before and is not so large that it would push out most of the others.</summary>
    public bool ShouldInsert(uint hash, int length)
    {
        if (length + TableEntry.Overhead > _table.Capacity / 4 * 3)
            return false;
        if (_seen.Length == 0)
            _seen = new uint[Remembered];
        ref var memory = ref _seen[hash % Remembered];
        if (memory == hash)
            return true;
        memory = hash;
        return false;
    }

    public void Insert(uint hash, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_newest.Length == 0)
            _newest = new uint[Buckets];
        ref var bucket = ref _newest[hash % Buckets];
        if (_table.Insert(name, value, default, hash, bucket))
            bucket = _table.Newest;
    }

    /// <summary>Mixes eight bytes at a time. A peer that makes values collide costs us a comparison each, in a table of 128.</summary>
    public static uint HashOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var hash = Mix(Mix(0x9e3779b97f4a7c15, name), value);
        hash ^= hash >> 32;
        return (uint)hash | 1; // never the zero of an empty memory
    }

    private static ulong Mix(ulong hash, ReadOnlySpan<byte> text)
    {
        const ulong Prime = 0xff51afd7ed558ccd;
        hash += (ulong)text.Length;
        while (text.Length >= 8)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text)) * Prime;
            hash ^= hash >> 29;
            text = text[8..];
        }
        if (text.Length >= 4)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt32LittleEndian(text)) * Prime;
            hash ^= hash >> 29;
            text = text[4..];
        }
        foreach (var octet in text)
            hash = (hash ^ octet) * Prime;
        return hash ^ (hash >> 31);
    }
}
