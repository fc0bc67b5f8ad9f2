// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Core;

/// <summary>Holds the current snapshot of something immutable. Any thread reads; one thread replaces.</summary>
public sealed class Published<T>(T initial)
    where T : class
{
    private T _current = initial;

    public T Current => Volatile.Read(ref _current);

    /// <summary>Puts <paramref name="next"/> in force and returns the snapshot it replaced, which may now be drained.</summary>
    public T Replace(T next) => Interlocked.Exchange(ref _current, next);
}
