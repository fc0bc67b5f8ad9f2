// SPDX-License-Identifier: Apache-2.0
using System.Numerics;

namespace Lateen.Net.Loop;

/// <summary>
/// Hierarchical timing wheel: four levels of 64 slots, ticks of one millisecond. A timer sits in the level whose slot
/// width fits its distance and moves down as time comes closer, so it fires in the millisecond it asked for, or later
/// when the loop is busy, never earlier.
/// </summary>
internal sealed class TimerWheel
{
    private const int SlotBits = 6;
    private const int Slots = 1 << SlotBits;
    private const int Levels = 4;
    private const long Horizon = 1L << (SlotBits * Levels);

    private readonly LoopTimer?[] _heads = new LoopTimer?[Slots * Levels];
    private readonly ulong[] _occupied = new ulong[Levels];
    private long _now;
    private int _armed;

    /// <summary>Timers that are armed. Any thread may look.</summary>
    public int Armed => Volatile.Read(ref _armed);

    public TimerWheel(long now) => _now = now;

    /// <summary>Arms a timer, moving it when it is armed already. A deadline in the past fires at the next tick.</summary>
    public void Arm(LoopTimer timer, long deadline)
    {
        Disarm(timer);
        timer.Deadline = deadline;
        Insert(timer, _now + 1);
        Volatile.Write(ref _armed, _armed + 1);
    }

    public void Disarm(LoopTimer timer)
    {
        if (timer.Slot < 0)
            return;
        Volatile.Write(ref _armed, _armed - 1);
        Remove(timer);
    }

    private void Remove(LoopTimer timer)
    {
        if (timer.Previous is not null)
            timer.Previous.Next = timer.Next;
        else
            SetHead(timer.Slot, timer.Next);
        if (timer.Next is not null)
            timer.Next.Previous = timer.Previous;
        timer.Previous = timer.Next = null;
        timer.Slot = -1;
    }

    /// <summary>Fires what is due up to and including <paramref name="now"/>.</summary>
    public void Advance(long now)
    {
        while (_now < now)
        {
            _now = NextStop(now);
            for (var level = 1; level < Levels && (_now & ((1L << (SlotBits * level)) - 1)) == 0; level++)
                Cascade(level);
            FireSlot((int)(_now & (Slots - 1)));
        }
    }

    /// <summary>Milliseconds until the wheel next has something to do; -1 when it is empty. Never late, at times early.</summary>
    public int UntilNext(long now)
    {
        var best = long.MaxValue;
        for (var level = 0; level < Levels; level++)
        {
            if (_occupied[level] == 0)
                continue;
            var shift = SlotBits * level;
            var current = _now >> shift;
            var position = (int)(current & (Slots - 1));
            // Distance to the next occupied slot after the current one, going round.
            var ahead = BitOperations.RotateRight(_occupied[level], (position + 1) & (Slots - 1));
            var distance = BitOperations.TrailingZeroCount(ahead) + 1;
            best = Math.Min(best, (current + distance) << shift);
        }
        return best == long.MaxValue ? -1 : (int)Math.Clamp(best - now, 0, 60_000);
    }

    /// <summary>The next tick at which a slot is due or a level turns over; <paramref name="limit"/> when none is before it.</summary>
    private long NextStop(long limit)
    {
        var turnOver = (_now | (Slots - 1)) + 1;
        var stop = Math.Min(limit, turnOver);
        var position = (int)(_now & (Slots - 1));
        var ahead = position == Slots - 1 ? 0 : _occupied[0] >> (position + 1);
        if (ahead != 0)
            stop = Math.Min(stop, _now + 1 + BitOperations.TrailingZeroCount(ahead));
        return stop;
    }

    private void Insert(LoopTimer timer, long earliest)
    {
        var deadline = Math.Clamp(timer.Deadline, earliest, _now + Horizon - 1);
        var distance = deadline - _now;
        var level = 0;
        while (level < Levels - 1 && distance >= 1L << (SlotBits * (level + 1)))
            level++;
        var slot = (level << SlotBits) | (int)((deadline >> (SlotBits * level)) & (Slots - 1));
        timer.Slot = slot;
        timer.Previous = null;
        timer.Next = _heads[slot];
        if (timer.Next is not null)
            timer.Next.Previous = timer;
        SetHead(slot, timer);
    }

    private void Cascade(int level)
    {
        var slot = (level << SlotBits) | (int)((_now >> (SlotBits * level)) & (Slots - 1));
        var timer = _heads[slot];
        SetHead(slot, null);
        while (timer is not null)
        {
            var next = timer.Next;
            // Due in this very tick: it lands in the slot that Advance fires right after the cascade.
            Insert(timer, _now);
            timer = next;
        }
    }

    private void FireSlot(int slot)
    {
        // One at a time from the head: a timer's action may disarm any other.
        while (_heads[slot] is { } timer)
        {
            if (timer.Deadline > _now)
            {
                Remove(timer);
                Insert(timer, _now + 1);
                continue;
            }
            Disarm(timer);
            timer.Fire();
        }
    }

    private void SetHead(int slot, LoopTimer? head)
    {
        _heads[slot] = head;
        var bit = 1UL << (slot & (Slots - 1));
        if (head is null)
            _occupied[slot >> SlotBits] &= ~bit;
        else
            _occupied[slot >> SlotBits] |= bit;
    }
}
