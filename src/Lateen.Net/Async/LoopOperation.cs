// SPDX-License-Identifier: Apache-2.0
using System.Runtime.ExceptionServices;

namespace Lateen.Net.Async;

/// <summary>
/// Something on a loop that will have a result: the body of a suspended async method, or a <see cref="LoopSignal{T}"/>.
/// Reused after its result was taken. Its loop's thread only, so it needs no fences.
/// </summary>
public abstract class LoopOperation<T>
{
    private Action? _continuation;
    private T _result = default!;
    private ExceptionDispatchInfo? _failure;
    private bool _detached;

    internal ushort Version { get; private set; }

    internal bool IsCompleted { get; private set; }

    internal void OnCompleted(Action continuation)
    {
        if (_continuation is not null)
            throw new InvalidOperationException("Two methods await one operation.");
        _continuation = continuation;
    }

    /// <summary>Hands out the result, once, and makes the operation ready for its next use.</summary>
    internal T TakeResult(ushort version)
    {
        if (version != Version || !IsCompleted)
            throw new InvalidOperationException("An operation was awaited twice, or its result taken too early.");
        var result = _result;
        var failure = _failure;
        Reset();
        failure?.Throw();
        return result;
    }

    /// <summary>Says that nobody will await: the operation cleans up after itself and reports a failure to <see cref="LoopFailures"/>.</summary>
    internal void Detach()
    {
        if (IsCompleted)
            FinishDetached();
        else
            _detached = true;
    }

    private protected void SetResult(T result)
    {
        _result = result;
        Finish();
    }

    private protected void SetFailure(Exception failure)
    {
        _failure = ExceptionDispatchInfo.Capture(failure);
        Finish();
    }

    /// <summary>Called when the result was taken.</summary>
    private protected virtual void Recycle() { }

    private void Finish()
    {
        IsCompleted = true;
        if (_detached)
        {
            FinishDetached();
            return;
        }
        var continuation = _continuation;
        _continuation = null;
        continuation?.Invoke();
    }

    private void FinishDetached()
    {
        var failure = _failure;
        Reset();
        if (failure is not null)
            LoopFailures.Report(failure.SourceException);
    }

    private void Reset()
    {
        IsCompleted = false;
        _detached = false;
        _result = default!;
        _failure = null;
        Version++;
        Recycle();
    }
}
