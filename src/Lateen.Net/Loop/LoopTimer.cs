// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Loop;

/// <summary>
/// A timer that its owner creates once and arms as often as it likes without allocation. It is a node of its loop's
/// <see cref="TimerWheel"/>, so arming and disarming cost a few stores.
/// </summary>
public sealed class LoopTimer(Action<object> expired, object state)
{
    internal LoopTimer? Previous;
    internal LoopTimer? Next;

    /// <summary>Index of the wheel's slot that holds the timer; -1 while it is not armed.</summary>
    internal int Slot = -1;

    /// <summary>Milliseconds on the loop's clock.</summary>
    internal long Deadline;

    public bool IsArmed => Slot >= 0;

    internal void Fire() => expired(state);
}
