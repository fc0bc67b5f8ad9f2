// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>The streams that are open, by id: open addressing, so that a lookup is a glance at one or two slots.</summary>
internal sealed class StreamTable
{
    private Http2Stream?[] _slots = new Http2Stream?[8];

    public int Count { get; private set; }

    /// <summary>Slots; an enumeration goes over all of them.</summary>
    public int Capacity => _slots.Length;

    public Http2Stream? Find(uint id)
    {
        var mask = _slots.Length - 1;
        for (var slot = Home(id, mask); _slots[slot] is { } stream; slot = (slot + 1) & mask)
        {
            if (stream.Id == id)
                return stream;
        }
        return null;
    }

    /// <summary>The stream in a slot; null for an empty one.</summary>
    public Http2Stream? At(int slot) => _slots[slot];

    /// <summary>Any stream with an id above that one.</summary>
    public Http2Stream? FindAbove(uint id)
    {
        foreach (var stream in _slots)
        {
            if (stream is not null && stream.Id > id)
                return stream;
        }
        return null;
    }

    public void Add(Http2Stream stream)
    {
        if ((Count + 1) * 4 > _slots.Length * 3)
            Grow();
        Put(_slots, stream);
        Count++;
    }

    public void Remove(Http2Stream stream)
    {
        var mask = _slots.Length - 1;
        var slot = Home(stream.Id, mask);
        while (_slots[slot] != stream)
        {
            if (_slots[slot] is null)
                return;
            slot = (slot + 1) & mask;
        }
        Count--;
        CloseGap(slot, mask);
    }

    /// <summary>Moves those behind a freed slot forward where they may stand, so that no search stops too early.</summary>
    private void CloseGap(int gap, int mask)
    {
        var slot = gap;
        while (true)
        {
            slot = (slot + 1) & mask;
            if (_slots[slot] is not { } stream)
                break;
            var distance = (slot - Home(stream.Id, mask)) & mask;
            if (distance < ((slot - gap) & mask))
                continue;
            _slots[gap] = stream;
            gap = slot;
        }
        _slots[gap] = null;
    }

    private void Grow()
    {
        var larger = new Http2Stream?[_slots.Length * 2];
        foreach (var stream in _slots)
        {
            if (stream is not null)
                Put(larger, stream);
        }
        _slots = larger;
    }

    private static void Put(Http2Stream?[] slots, Http2Stream stream)
    {
        var mask = slots.Length - 1;
        var slot = Home(stream.Id, mask);
        while (slots[slot] is not null)
            slot = (slot + 1) & mask;
        slots[slot] = stream;
    }

    /// <summary>Ids of one side count up in twos, so streams of one time get slots of their own.</summary>
    private static int Home(uint id, int mask) => (int)(id >> 1) & mask;
}
