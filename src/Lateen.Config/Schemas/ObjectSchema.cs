// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Schemas;

/// <summary>A mapping with named fields, one record. It may contain itself, so its fields are found with the first question for them.</summary>
public sealed record ObjectSchema : ValueSchema
{
    private readonly Lazy<FieldSchema[]> _fields;
    private readonly Lazy<Dictionary<string, FieldSchema>> _byName;
    private readonly Lazy<OneOfGroup[]> _oneOfs;
    private readonly Lazy<Func<object>> _create;

    internal ObjectSchema(Type type)
    {
        Type = type;
        IsOpen = type.IsDefined(typeof(OpenAttribute), inherit: false);
        _fields = new(() => SchemaBuilder.FieldsOf(type));
        _byName = new(() => _fields.Value.ToDictionary(static field => field.Name, StringComparer.Ordinal));
        _oneOfs = new(() => OneOfGroup.Among(_fields.Value));
        _create = new(() => Accessors.Constructor(type));
    }

    public Type Type { get; }

    /// <summary>It may have further fields, which nobody here reads.</summary>
    public bool IsOpen { get; }

    /// <summary>What it is, in a sentence or two.</summary>
    public string Description => Documentation.Of(Type);

    /// <summary>In the order of the record.</summary>
    public IReadOnlyList<FieldSchema> Fields => _fields.Value;

    /// <summary>Fields that exclude each other.</summary>
    public IReadOnlyList<OneOfGroup> OneOfs => _oneOfs.Value;

    public FieldSchema? Find(string name) => _byName.Value.GetValueOrDefault(name);

    /// <summary>A record with every default.</summary>
    internal object Create() => _create.Value();

    /// <inheritdoc/>
    public bool Equals(ObjectSchema? other) => other?.Type == Type;

    /// <inheritdoc/>
    public override int GetHashCode() => Type.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Type.Name;
}
