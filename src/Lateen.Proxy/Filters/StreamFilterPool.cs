// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Filters;

/// <summary>Stream filters of one filter that wait for their next stream, worker by worker.</summary>
internal sealed class StreamFilterPool<T>(int workers, Func<int, T> create)
    where T : StreamFilter
{
    private readonly Stack<T>[] _free = MakeStacks(workers);

    public T Rent(int worker) => _free[worker].TryPop(out var filter) ? filter : create(worker);

    public void Return(int worker, T filter) => _free[worker].Push(filter);

    private static Stack<T>[] MakeStacks(int workers)
    {
        var stacks = new Stack<T>[workers];
        for (var i = 0; i < workers; i++)
            stacks[i] = new Stack<T>();
        return stacks;
    }
}
