// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>A value, or why there is none.</summary>
internal readonly struct Outcome<T>
    where T : class
{
    private Outcome(T? value, ApiStatus? failure)
    {
        Value = value;
        Failure = failure;
    }

    public T? Value { get; }

    public ApiStatus? Failure { get; }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ApiStatus failure) => new(null, failure);

    /// <summary>True with a value, false with a failure.</summary>
    public bool Is([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out ApiStatus? failure)
    {
        (value, failure) = (Value, Failure);
        return value is not null;
    }
}
