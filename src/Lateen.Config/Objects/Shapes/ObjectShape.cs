// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Objects.Shapes;

/// <summary>
/// How a value is put together: what of it is merged piece by piece and may have several owners, and what is written as a whole
/// (structural schemas of Kubernetes, x-kubernetes-list-type).
/// </summary>
public abstract record ObjectShape;

/// <summary>A scalar, or a list or mapping that is a value of its own.</summary>
public sealed record WholeShape : ObjectShape
{
    public static WholeShape Instance { get; } = new();
}

/// <summary>Anything: mappings are merged entry by entry, lists are values (what Kubernetes does where a schema says nothing).</summary>
public sealed record LooseShape : ObjectShape
{
    public static LooseShape Instance { get; } = new();
}

/// <summary>Named fields.</summary>
public sealed record FieldsShape : ObjectShape
{
    private readonly Lazy<Dictionary<string, ObjectShape>> _fields;

    /// <param name="fields">Asked once, and late: shapes may contain themselves.</param>
    public FieldsShape(Func<IEnumerable<KeyValuePair<string, ObjectShape>>> fields) =>
        _fields = new(() => new Dictionary<string, ObjectShape>(fields(), StringComparer.Ordinal));

    /// <summary>Null for a name that is no field.</summary>
    public ObjectShape? Find(string name) => _fields.Value.GetValueOrDefault(name);

    /// <inheritdoc/>
    public bool Equals(FieldsShape? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>Entries by names that users choose.</summary>
public sealed record EntriesShape(ObjectShape Value) : ObjectShape;

/// <summary>A list of scalars, each there once.</summary>
public sealed record SetShape : ObjectShape
{
    public static SetShape Instance { get; } = new();
}

/// <summary>A list of mappings that are told apart by some of their fields.</summary>
/// <param name="Defaults">What a key field is when an item leaves it out.</param>
public sealed record KeyedListShape(
    ObjectShape Item,
    IReadOnlyList<string> Keys,
    IReadOnlyDictionary<string, string> Defaults
) : ObjectShape;
