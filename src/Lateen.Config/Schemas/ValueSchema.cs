// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Schemas;

/// <summary>What a value looks like in the user's text.</summary>
public abstract record ValueSchema;

public sealed record TextSchema : ValueSchema;

public sealed record FlagSchema : ValueSchema;

/// <param name="ClrType">int, long, uint or double.</param>
/// <param name="Min">The least value; included.</param>
/// <param name="Max">The greatest; included.</param>
public sealed record NumberSchema(Type ClrType, double Min, double Max) : ValueSchema
{
    public bool IsWhole => ClrType != typeof(double);

    /// <summary>There is a limit below, other than that of the type.</summary>
    public bool HasLeast => Min is not (int.MinValue or <= long.MinValue);

    /// <summary>There is a limit above, other than that of the type.</summary>
    public bool HasGreatest => Max is not (int.MaxValue or >= long.MaxValue);
}

/// <summary>A duration as Go writes it: <c>1.5s</c>.</summary>
/// <param name="AdmitsZero">0s means something, as that a limit is off; anything else is at least 1 ms, in whole milliseconds (Istio).</param>
public sealed record DurationSchema(bool AdmitsZero) : ValueSchema;

/// <summary>A moment as in RFC 3339.</summary>
public sealed record TimestampSchema : ValueSchema;

/// <summary>Bytes in base64.</summary>
public sealed record BytesSchema : ValueSchema;

/// <summary>A number or a text (Kubernetes' IntOrString).</summary>
public sealed record IntOrTextSchema : ValueSchema;

/// <summary>An amount as Kubernetes writes it: <c>500m</c>, <c>128Mi</c>.</summary>
public sealed record QuantitySchema : ValueSchema;

/// <summary>One of several words.</summary>
public sealed record ChoiceSchema(Type Enum, IReadOnlyList<(string Word, object Value)> Words) : ValueSchema
{
    /// <summary>What a word means.</summary>
    public string DescriptionOf(object value) => Documentation.Of(Enum, value);

    /// <summary>The word for a value.</summary>
    public string WordOf(object value) => Words.First(word => word.Value.Equals(value)).Word;
}

/// <param name="Create">Makes the list of items that have been read.</param>
public sealed record ListSchema(ValueSchema Item, Func<IReadOnlyList<object?>, object> Create) : ValueSchema;

/// <param name="Create">Makes the map of entries that have been read.</param>
public sealed record MapSchema(ValueSchema Value, Func<IReadOnlyList<KeyValuePair<string, object?>>, object> Create)
    : ValueSchema;

/// <summary>Anything: what it means is somebody else's to say (protobuf's Struct).</summary>
/// <param name="IsMapping">It has named fields, at least.</param>
public sealed record AnySchema(bool IsMapping) : ValueSchema;
