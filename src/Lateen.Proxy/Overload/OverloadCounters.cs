// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Overload;

/// <summary>What actions did.</summary>
public sealed class OverloadCounters
{
    private long _resetStreams;
    private long _shrinks;

    /// <summary>Streams that were reset for their memory.</summary>
    public void AddResetStreams(int count) => Interlocked.Add(ref _resetStreams, count);

    /// <summary>Free memory was given back.</summary>
    public void AddShrink() => Interlocked.Increment(ref _shrinks);

    /// <summary>Names below <c>overload.</c>, with their numbers.</summary>
    public IEnumerable<(string Name, long Count)> All() =>
        [
            (
                OverloadActionNames.NameOf(OverloadAction.ResetHighMemoryStream) + ".count",
                Volatile.Read(ref _resetStreams)
            ),
            (OverloadActionNames.NameOf(OverloadAction.ShrinkHeap) + ".shrink_count", Volatile.Read(ref _shrinks)),
        ];
}
