// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace Lateen.Http;

/// <summary>A stretch of text stored in a <see cref="HeaderMap"/>.</summary>
public readonly record struct TextRange(int Offset, int Length);

/// <summary>
/// Header lines in order of arrival, with names in lower case (as Envoy and HTTP/2 have them), in one growing byte
/// array that is reused from request to request: in steady state nothing is allocated. Lines lie there as HTTP/1 sends
/// them, so that many leave in one copy.
/// </summary>
/// <remarks>
/// Not thread-safe: owned by one exchange. A span handed out is valid until the next call that adds text.
/// </remarks>
public sealed class HeaderMap
{
    private const int KnownCount = (int)KnownHeader.XEnvoyOverloaded + 1;
    private const short None = -1;

    /// <summary>": " behind the name, CRLF behind the value.</summary>
    private const int ColonLength = 2;
    private const int LineOverhead = ColonLength + 2;

    private byte[] _bytes = new byte[1024];
    private int _used;
    private HeaderField[] _fields = new HeaderField[32];
    private int _count;
    private KnownIndexes _firstKnown;

    public HeaderMap() => ((Span<short>)_firstKnown).Fill(None);

    /// <summary>Slots in use, removed lines included; see <see cref="HeaderField.IsRemoved"/>.</summary>
    public int Count => _count;

    public ref readonly HeaderField this[int index] => ref _fields[index];

    public ReadOnlySpan<byte> Name(int index) => _bytes.AsSpan(_fields[index].NameOffset, _fields[index].NameLength);

    public ReadOnlySpan<byte> Value(int index) => _bytes.AsSpan(_fields[index].ValueOffset, _fields[index].ValueLength);

    /// <summary>Where a line's value lies: still readable by <see cref="Text"/> when the line was removed.</summary>
    public TextRange ValueRange(int index) => new(_fields[index].ValueOffset, _fields[index].ValueLength);

    public ReadOnlySpan<byte> Text(TextRange range) => _bytes.AsSpan(range.Offset, range.Length);

    /// <summary>Copies text that is not a header line (a path, a method) into the map's bytes.</summary>
    public TextRange Store(ReadOnlySpan<byte> text)
    {
        var target = Reserve(text.Length);
        text.CopyTo(target);
        var range = new TextRange(_used, text.Length);
        _used += text.Length;
        return range;
    }

    /// <summary>Appends a line. The name is put into lower case; neither part is checked, which is the codec's duty.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Ascii.ToLower(name, Reserve(name.Length), out _);
        AddNamed(name.Length, value);
    }

    /// <summary>Appends a well-known line.</summary>
    public void Add(KnownHeader id, ReadOnlySpan<byte> value) => AddCanonical(id, KnownHeaders.Name(id), value);

    /// <summary>Appends a line whose name is known to be in lower case and to be that field's.</summary>
    internal void AddCanonical(KnownHeader id, ReadOnlySpan<byte> lowerCaseName, ReadOnlySpan<byte> value)
    {
        var target = Reserve(lowerCaseName.Length + value.Length + LineOverhead);
        lowerCaseName.CopyTo(target);
        value.CopyTo(target[(lowerCaseName.Length + ColonLength)..]);
        Append(id, lowerCaseName.Length, value.Length);
    }

    /// <summary>Appends a line whose name was put, in lower case, at the start of what <see cref="Reserve"/> gave.</summary>
    internal void AddNamed(int nameLength, ReadOnlySpan<byte> value)
    {
        var target = Reserve(nameLength + value.Length + LineOverhead);
        value.CopyTo(target[(nameLength + ColonLength)..]);
        Append(KnownHeaders.Classify(target[..nameLength]), nameLength, value.Length);
    }

    /// <summary>Replaces the lines of a field, when there are several, by one with their values in order and a separator between.</summary>
    public void Join(KnownHeader id, ReadOnlySpan<byte> separator)
    {
        var first = IndexOf(id);
        var lines = 0;
        var length = _fields[first].NameLength;
        for (var i = first; i < _count; i++)
        {
            if (_fields[i].Id != id || _fields[i].IsRemoved)
                continue;
            length += _fields[i].ValueLength + (lines++ > 0 ? separator.Length : 0);
        }
        if (lines < 2)
            return;
        var target = Reserve(length + LineOverhead);
        Name(first).CopyTo(target);
        var at = _fields[first].NameLength + ColonLength;
        for (var i = first; i < _count; i++)
        {
            if (_fields[i].Id != id || _fields[i].IsRemoved)
                continue;
            if (i > first)
            {
                separator.CopyTo(target[at..]);
                at += separator.Length;
            }
            Value(i).CopyTo(target[at..]);
            at += _fields[i].ValueLength;
        }
        var nameLength = _fields[first].NameLength;
        Remove(id);
        Append(id, nameLength, length - nameLength);
    }

    /// <summary>Removes every line of that name, then appends one.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Remove(name);
        Add(name, value);
    }

    /// <inheritdoc cref="Set(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public void Set(KnownHeader id, ReadOnlySpan<byte> value)
    {
        Remove(id);
        Add(id, value);
    }

    /// <summary>Replaces the lines of a field by one with a number in decimal digits.</summary>
    public void SetNumber(KnownHeader id, long value)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, text, out var length);
        Set(id, text[..length]);
    }

    /// <summary>Puts a value behind those of a field's lines, which become one.</summary>
    public void AppendValue(KnownHeader id, ReadOnlySpan<byte> separator, ReadOnlySpan<byte> value)
    {
        Add(id, value);
        Join(id, separator);
    }

    public bool Contains(KnownHeader id) => IndexOf(id) >= 0;

    /// <summary>The first line of a well-known field, or -1.</summary>
    public int IndexOf(KnownHeader id) => _firstKnown[(int)id];

    /// <summary>The first line of that name at or after <paramref name="from"/>, or -1. The name must be in lower case.</summary>
    public int IndexOf(ReadOnlySpan<byte> lowerCaseName, int from = 0)
    {
        if (from == 0 && KnownHeaders.Classify(lowerCaseName) is var id && id != KnownHeader.Other)
            return IndexOf(id);
        for (var i = from; i < _count; i++)
        {
            ref readonly var field = ref _fields[i];
            if (!field.IsRemoved && field.NameLength == lowerCaseName.Length && Name(i).SequenceEqual(lowerCaseName))
                return i;
        }
        return None;
    }

    /// <summary>Value of the first line of that field.</summary>
    public bool TryGet(KnownHeader id, out ReadOnlySpan<byte> value)
    {
        var index = IndexOf(id);
        value = index < 0 ? default : Value(index);
        return index >= 0;
    }

    /// <inheritdoc cref="TryGet(KnownHeader, out ReadOnlySpan{byte})"/>
    public bool TryGet(ReadOnlySpan<byte> lowerCaseName, out ReadOnlySpan<byte> value)
    {
        var index = IndexOf(lowerCaseName);
        value = index < 0 ? default : Value(index);
        return index >= 0;
    }

    /// <summary>Removes every line of a well-known field; true when there was one.</summary>
    public bool Remove(KnownHeader id)
    {
        var first = IndexOf(id);
        if (first < 0)
            return false;
        for (var i = first; i < _count; i++)
        {
            if (_fields[i].Id == id)
                _fields[i].IsRemoved = true;
        }
        _firstKnown[(int)id] = None;
        return true;
    }

    /// <summary>Removes every line of that name; true when there was one. The name must be in lower case.</summary>
    public bool Remove(ReadOnlySpan<byte> lowerCaseName)
    {
        var id = KnownHeaders.Classify(lowerCaseName);
        if (id != KnownHeader.Other)
            return Remove(id);
        var removed = false;
        for (var i = IndexOf(lowerCaseName); i >= 0; i = IndexOf(lowerCaseName, i + 1))
        {
            _fields[i].IsRemoved = true;
            removed = true;
        }
        return removed;
    }

    /// <summary>Removes the line in one slot, leaving other lines of its name.</summary>
    public void RemoveAt(int index)
    {
        var id = _fields[index].Id;
        _fields[index].IsRemoved = true;
        if (id == KnownHeader.Other || _firstKnown[(int)id] != index)
            return;
        _firstKnown[(int)id] = None;
        for (var i = index + 1; i < _count; i++)
        {
            if (_fields[i].Id != id || _fields[i].IsRemoved)
                continue;
            _firstKnown[(int)id] = (short)i;
            return;
        }
    }

    /// <summary>Makes this map a copy of another one.</summary>
    public void CopyFrom(HeaderMap other)
    {
        if (_bytes.Length < other._used)
            _bytes = new byte[other._bytes.Length];
        if (_fields.Length < other._count)
            _fields = new HeaderField[other._fields.Length];
        other._bytes.AsSpan(0, other._used).CopyTo(_bytes);
        other._fields.AsSpan(0, other._count).CopyTo(_fields);
        _used = other._used;
        _count = other._count;
        _firstKnown = other._firstKnown;
    }

    /// <summary>Bytes that all text of the map takes on an HTTP/1 wire at the most.</summary>
    internal int MaxWireLength => _used;

    /// <summary>Bytes that all text of the map takes as HPACK literals at the most: two lengths and a prefix for each line.</summary>
    internal int MaxHpackLength => _used + (_count * (12 - LineOverhead));

    /// <summary>Writes the lines as they go over the wire of HTTP/1; returns their length. Those that lie together go in one piece.</summary>
    internal int WriteLines(Span<byte> destination)
    {
        var written = 0;
        var (start, end) = (0, 0);
        for (var i = 0; i < _count; i++)
        {
            ref readonly var field = ref _fields[i];
            if (field.IsRemoved)
                continue;
            if (field.NameOffset != end)
            {
                _bytes.AsSpan(start, end - start).CopyTo(destination[written..]);
                written += end - start;
                start = field.NameOffset;
            }
            end = field.ValueOffset + field.ValueLength + (LineOverhead - ColonLength);
        }
        _bytes.AsSpan(start, end - start).CopyTo(destination[written..]);
        return written + end - start;
    }

    public void Clear()
    {
        _used = 0;
        _count = 0;
        ((Span<short>)_firstKnown).Fill(None);
    }

    /// <summary>Room behind the text in use, for a codec that puts a name there; <see cref="AddNamed"/> then takes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> Reserve(int length)
    {
        if (_bytes.Length - _used < length)
            Grow(length);
        return _bytes.AsSpan(_used, length);
    }

    private void Grow(int length) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + length));

    /// <summary>Makes a line of the text behind what is in use: a name, two bytes of room, a value, two more.</summary>
    private void Append(KnownHeader id, int nameLength, int valueLength)
    {
        if (_count == _fields.Length)
            Array.Resize(ref _fields, _fields.Length * 2);
        var line = _bytes.AsSpan(_used, nameLength + valueLength + LineOverhead);
        line[nameLength] = (byte)':';
        line[nameLength + 1] = (byte)' ';
        line[^2] = (byte)'\r';
        line[^1] = (byte)'\n';
        _fields[_count] = new HeaderField
        {
            Id = id,
            NameOffset = _used,
            NameLength = nameLength,
            ValueOffset = _used + nameLength + ColonLength,
            ValueLength = valueLength,
        };
        if (id != KnownHeader.Other && _firstKnown[(int)id] < 0)
            _firstKnown[(int)id] = (short)_count;
        _used += line.Length;
        _count++;
    }

    [InlineArray(KnownCount)]
    private struct KnownIndexes
    {
        private short _first;
    }
}
