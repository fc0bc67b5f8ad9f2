// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Async;

/// <summary>A reusable event with a result: one method waits, the loop or another method completes.</summary>
public sealed class LoopSignal<T> : LoopOperation<T>
{
    /// <summary>True from <see cref="Wait"/> until a completion.</summary>
    public bool IsAwaited { get; private set; }

    /// <summary>Starts waiting. At most one wait may be under way.</summary>
    public LoopTask<T> Wait()
    {
        if (IsAwaited)
            throw new InvalidOperationException("A second wait on a signal that is awaited already.");
        IsAwaited = true;
        return new LoopTask<T>(this);
    }

    /// <summary>
    /// Resumes the waiting method on the caller's stack: for the loop itself. A method that wakes another one goes
    /// through the loop's ready queue, else stacks would grow with the length of a chain.
    /// </summary>
    public void Complete(T result)
    {
        IsAwaited = false;
        SetResult(result);
    }
}
