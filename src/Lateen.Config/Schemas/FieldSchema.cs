// SPDX-License-Identifier: Apache-2.0
using System.Reflection;

namespace Lateen.Config.Schemas;

/// <summary>One field of an object.</summary>
public sealed class FieldSchema
{
    private readonly Action<object, object?> _set;
    private readonly Func<object, object?> _get;

    internal FieldSchema(PropertyInfo property, string name, ValueSchema value)
    {
        Property = property;
        Name = name;
        Value = value;
        var required = property.GetCustomAttribute<RequiredAttribute>();
        IsRequired = required is not null;
        MayBeEmpty = required is null or { MayBeEmpty: true };
        IsNotInForce = property.IsDefined(typeof(NotInForceAttribute));
        OneOf = property.GetCustomAttribute<OneOfAttribute>();
        ListKeys = property.GetCustomAttribute<ListKeysAttribute>()?.Keys;
        IsSet = property.IsDefined(typeof(ListSetAttribute));
        Deprecated = property.GetCustomAttribute<DeprecatedAttribute>()?.Instead;
        _set = Accessors.Setter(property);
        _get = Accessors.Getter(property);
    }

    /// <summary>As users write it: <c>trafficPolicy</c>.</summary>
    public string Name { get; }

    public ValueSchema Value { get; }

    public PropertyInfo Property { get; }

    public bool IsRequired { get; }

    /// <summary>An empty text or list counts as being there.</summary>
    public bool MayBeEmpty { get; }

    public bool IsNotInForce { get; }

    /// <summary>What to use instead; null while nothing is wrong with the field.</summary>
    public string? Deprecated { get; }

    public OneOfAttribute? OneOf { get; }

    /// <summary>What it is, its default and its unit, in a sentence or two.</summary>
    public string Description => Documentation.Of(Property);

    /// <summary>What tells the items of a list apart (x-kubernetes-list-map-keys); null for lists that are written as a whole.</summary>
    public IReadOnlyList<string>? ListKeys { get; }

    /// <summary>A list whose items are there once (x-kubernetes-list-type: set).</summary>
    public bool IsSet { get; }

    public object? Get(object owner) => _get(owner);

    internal void Set(object owner, object? value) => _set(owner, value);
}
