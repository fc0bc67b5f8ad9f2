// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lateen.Net.Async;

/// <summary>Builds <see cref="LoopTask{T}"/>s; the compiler calls it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct LoopTaskMethodBuilder<T>
{
    private LoopOperation<T>? _box;
    private T _result;

    [SuppressMessage("Design", "CA1000", Justification = "The compiler asks for this shape.")]
    public static LoopTaskMethodBuilder<T> Create() => default;

    /// <summary>The task of the method: its result where it never suspended, else the box that holds its body.</summary>
    public readonly LoopTask<T> Task => _box is null ? new LoopTask<T>(_result) : new LoopTask<T>(_box);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SuppressMessage("Performance", "CA1822", Justification = "The compiler asks for this shape.")]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    [SuppressMessage("Performance", "CA1822", Justification = "The compiler asks for this shape.")]
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) =>
        throw new NotSupportedException("Only boxes of LoopTask hold state machines.");

    public void SetResult(T result)
    {
        if (_box is null)
            _result = result;
        else
            ((StateMachineBox<T>)_box).Complete(result);
    }

    public void SetException(Exception exception)
    {
        if (_box is StateMachineBox<T> box)
            box.Fail(exception);
        else
            _box = new FailedOperation<T>(exception);
    }

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(ContinuationOf(ref stateMachine));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(ContinuationOf(ref stateMachine));

    private Action ContinuationOf<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_box is not null)
            return Unsafe.As<StateMachineBox<T, TStateMachine>>(_box).MoveNext;
        var box = StateMachineBox<T, TStateMachine>.Rent();
        // The box must be known to the builder before the state machine, which holds this builder, is copied into it.
        _box = box;
        box.StateMachine = stateMachine;
        return box.MoveNext;
    }
}

/// <summary>The body of a suspended method, whatever its type.</summary>
internal abstract class StateMachineBox<T> : LoopOperation<T>
{
    public void Complete(T result) => SetResult(result);

    public void Fail(Exception failure) => SetFailure(failure);
}

/// <summary>Holds one suspended body; kept in a list of its thread between uses, without bound: as many as were ever suspended at once.</summary>
internal sealed class StateMachineBox<T, TStateMachine> : StateMachineBox<T>
    where TStateMachine : IAsyncStateMachine
{
    [ThreadStatic]
    private static StateMachineBox<T, TStateMachine>? s_free;

    private StateMachineBox<T, TStateMachine>? _next;

    private StateMachineBox() => MoveNext = () => StateMachine.MoveNext();

    public TStateMachine StateMachine = default!;

    public Action MoveNext { get; }

    public static StateMachineBox<T, TStateMachine> Rent()
    {
        var box = s_free;
        if (box is null)
            return new StateMachineBox<T, TStateMachine>();
        s_free = box._next;
        box._next = null;
        return box;
    }

    private protected override void Recycle()
    {
        StateMachine = default!;
        _next = s_free;
        s_free = this;
    }
}

/// <summary>A method that threw before it ever suspended.</summary>
internal sealed class FailedOperation<T> : LoopOperation<T>
{
    public FailedOperation(Exception failure) => SetFailure(failure);
}
