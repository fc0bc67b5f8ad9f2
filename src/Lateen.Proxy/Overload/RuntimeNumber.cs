// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Overload;

/// <summary>The number behind one key of <see cref="RuntimeValues"/>. Workers read it as often as they like; it may change at any time.</summary>
public sealed class RuntimeNumber
{
    private long _value;

    internal RuntimeNumber(long value) => _value = value;

    /// <summary>What is in force; <see cref="long.MaxValue"/> for a limit that nobody set.</summary>
    public long Value
    {
        get => Volatile.Read(ref _value);
        internal set => Volatile.Write(ref _value, value);
    }
}
