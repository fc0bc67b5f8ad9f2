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

    /// <summary>Room behind stored lines, so that steps of that many bytes may go past their end.</summary>
    private const int Slack = 32;

    private byte[] _bytes = new byte[1024];
    private int _used;

    /// <summary>Bytes of stored lines that were replaced by copies.</summary>
    private int _replaced;
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
        var line = NewLine(name.Length, value, out var offset);
        Ascii.ToLower(name, line, out _);
        AddStored(offset, name.Length, value.Length);
    }

    /// <summary>Appends a well-known line.</summary>
    public void Add(KnownHeader id, ReadOnlySpan<byte> value) => AddCanonical(id, KnownHeaders.Name(id), value);

    /// <summary>Appends a line whose name is known to be in lower case and to be that field's.</summary>
    internal void AddCanonical(KnownHeader id, ReadOnlySpan<byte> lowerCaseName, ReadOnlySpan<byte> value)
    {
        lowerCaseName.CopyTo(NewLine(lowerCaseName.Length, value, out var offset));
        Append(id, offset, lowerCaseName.Length, value.Length);
    }

    /// <summary>
    /// Copies lines as they came over the wire of HTTP/1, for a codec that makes fields of them where they lie, by
    /// <see cref="AddStored"/>. Returns where they begin.
    /// </summary>
    internal int StoreLines(ReadOnlySpan<byte> lines)
    {
        lines.CopyTo(Reserve(lines.Length + Slack));
        var offset = _used;
        _used += lines.Length;
        return offset;
    }

    /// <summary>Stored text from there on, with at least <see cref="Slack"/> bytes of room behind it.</summary>
    internal Span<byte> Stored(int offset) => _bytes.AsSpan(offset);

    /// <summary>Makes a field of a stored line: its name in lower case, a colon, one space, its value, a line break.</summary>
    /// <returns>Which field it is.</returns>
    internal KnownHeader AddStored(int offset, int nameLength, int valueLength)
    {
        var id = KnownHeaders.Classify(_bytes.AsSpan(offset, nameLength));
        Append(id, offset, nameLength, valueLength);
        return id;
    }

    /// <summary>As <see cref="AddStored"/> for a line of any other spacing, of which a copy is made.</summary>
    internal KnownHeader AddRespaced(ReadOnlySpan<byte> lowerCaseName, ReadOnlySpan<byte> value)
    {
        _replaced += lowerCaseName.Length + value.Length;
        var id = KnownHeaders.Classify(lowerCaseName);
        AddCanonical(id, lowerCaseName, value);
        return id;
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
        var nameLength = _fields[first].NameLength;
        var target = NewLine(nameLength, length - nameLength, out var offset);
        Name(first).CopyTo(target);
        var at = nameLength + ColonLength;
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
        Remove(id);
        Append(id, offset, nameLength, length - nameLength);
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
        _replaced = other._replaced;
        _count = other._count;
        _firstKnown = other._firstKnown;
    }

    /// <summary>Bytes that all text of the map takes on an HTTP/1 wire at the most.</summary>
    internal int MaxWireLength => _used - _replaced;

    /// <summary>Bytes that all text of the map takes as HPACK literals at the most: two lengths and a prefix for each line.</summary>
    internal int MaxHpackLength => MaxWireLength + (_count * (12 - LineOverhead));

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
        _replaced = 0;
        _count = 0;
        ((Span<short>)_firstKnown).Fill(None);
    }

    /// <summary>Room behind the text in use, for scratch or for what <see cref="Store"/> then takes.</summary>
    internal Span<byte> Reserve(int length)
    {
        if (_bytes.Length - _used < length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + length));
        return _bytes.AsSpan(_used, length);
    }

    /// <summary>Text for a line that lacks only its name, which goes to its start, and its field.</summary>
    private Span<byte> NewLine(int nameLength, ReadOnlySpan<byte> value, out int offset)
    {
        var line = NewLine(nameLength, value.Length, out offset);
        value.CopyTo(line[(nameLength + ColonLength)..]);
        return line;
    }

    /// <summary>As the other one, without the value.</summary>
    private Span<byte> NewLine(int nameLength, int valueLength, out int offset)
    {
        var line = Reserve(nameLength + valueLength + LineOverhead);
        line[nameLength] = (byte)':';
        line[nameLength + 1] = (byte)' ';
        line[^2] = (byte)'\r';
        line[^1] = (byte)'\n';
        offset = _used;
        _used += line.Length;
        return line;
    }

    private void Append(KnownHeader id, int offset, int nameLength, int valueLength)
    {
        if (_count == _fields.Length)
            Array.Resize(ref _fields, _fields.Length * 2);
        // Where it will lie: made elsewhere it would be copied.
        ref var field = ref _fields[_count];
        field.NameOffset = offset;
        field.NameLength = nameLength;
        field.ValueOffset = offset + nameLength + ColonLength;
        field.ValueLength = valueLength;
        field.Id = id;
        field.IsRemoved = false;
        if (id != KnownHeader.Other && _firstKnown[(int)id] < 0)
            _firstKnown[(int)id] = (short)_count;
        _count++;
    }

    [InlineArray(KnownCount)]
    private struct KnownIndexes
    {
        private short _first;
    }
}
