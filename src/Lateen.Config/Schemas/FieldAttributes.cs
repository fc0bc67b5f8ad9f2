// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Schemas;

/// <summary>The field must be there, and not be empty.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute
{
    /// <summary>An empty text says something, as Kubernetes' core among API groups.</summary>
    public bool MayBeEmpty { get; init; }
}

/// <summary>Limits of a number, both included. On a duration, <c>[Range(0)]</c> admits 0s.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute(double min, double max = double.PositiveInfinity) : Attribute
{
    public double Min => min;

    public double Max => max;
}

/// <summary>At most one field of a group may be there; exactly one where the group is required.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute(string group) : Attribute
{
    public string Group => group;

    public bool IsRequired { get; init; }
}

/// <summary>
/// A name in the user's text that does not follow from the property's or the enum member's. A member with several is read by any of
/// them, and written as the first.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field, AllowMultiple = true)]
public sealed class WordAttribute(string word) : Attribute
{
    public string Word => word;
}

/// <summary>The enum's words are its members' names as they stand (Kubernetes), not in upper case with underscores (Istio).</summary>
[AttributeUsage(AttributeTargets.Enum)]
public sealed class PascalWordsAttribute : Attribute;

/// <summary>
/// The object may have further fields, which nobody here reads: it is somebody else's, and newer versions of it must not be refused.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OpenAttribute : Attribute;

/// <summary>The field is read and checked, and traffic ignores it so far: told by a warning.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotInForceAttribute : Attribute;

/// <summary>The field is in force and should not be used any more.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DeprecatedAttribute(string instead) : Attribute
{
    /// <summary>What to do, as an imperative.</summary>
    public string Instead => instead;
}

/// <summary>
/// Items of the list are told apart by these fields, so that patches merge them and several writers may each own some of them. A list
/// without it is a value of its own: whoever writes it, writes all of it.
/// </summary>
/// <param name="keys">As users write them; the first is the one that strategic merge patches go by.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListKeysAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys => keys;
}

/// <summary>The list is a set: each text is there once, and has owners of its own.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListSetAttribute : Attribute;
