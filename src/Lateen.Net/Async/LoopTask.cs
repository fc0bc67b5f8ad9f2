// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Lateen.Net.Async;

/// <summary>
/// The result of an async method that runs on a loop. It costs nothing when the method never suspends, and no
/// allocation in steady state when it does: the suspended body lives in a box that its thread reuses.
/// </summary>
/// <remarks>
/// Await it exactly once, on the thread that made it, or <see cref="Detach"/> it. It ignores execution and
/// synchronization contexts, so <c>AsyncLocal</c> does not flow and a method always goes on where its loop runs.
/// Why not <c>ValueTask</c>: performance.md part 2 (163 to 1,232 bytes per request with the framework's builders).
/// </remarks>
[AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
public readonly struct LoopTask<T>
{
    private readonly LoopOperation<T>? _operation;
    private readonly T _result;
    private readonly ushort _version;

    /// <summary>A task that has its result already.</summary>
    public LoopTask(T result)
    {
        _operation = null;
        _result = result;
        _version = 0;
    }

    internal LoopTask(LoopOperation<T> operation)
    {
        _operation = operation;
        _result = default!;
        _version = operation.Version;
    }

    public bool IsCompleted => _operation is null || _operation.IsCompleted;

    public LoopTaskAwaiter<T> GetAwaiter() => new(_operation, _result, _version);

    /// <summary>Lets the method run on by itself. An exception it throws goes to <see cref="LoopFailures"/>.</summary>
    public void Detach() => _operation?.Detach();
}

/// <summary>What the compiler's <c>await</c> talks to.</summary>
public readonly struct LoopTaskAwaiter<T> : ICriticalNotifyCompletion
{
    private readonly LoopOperation<T>? _operation;
    private readonly T _result;
    private readonly ushort _version;

    internal LoopTaskAwaiter(LoopOperation<T>? operation, T result, ushort version)
    {
        _operation = operation;
        _result = result;
        _version = version;
    }

    // An operation of another version is in its next use: GetResult says so instead of waiting for ever.
    public bool IsCompleted => _operation is null || _operation.IsCompleted || _operation.Version != _version;

    public T GetResult() => _operation is null ? _result : _operation.TakeResult(_version);

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => _operation!.OnCompleted(continuation);
}
