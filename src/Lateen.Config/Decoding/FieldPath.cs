// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Config.Yaml;
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>The way to a value inside a resource: <c>spec.http[0].match</c>. Becomes text only when somebody must be told.</summary>
public sealed class FieldPath
{
    private readonly FieldPath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private FieldPath(FieldPath? parent, string? name, int index)
    {
        _parent = parent;
        _name = name;
        _index = index;
    }

    /// <summary>The resource itself.</summary>
    public static FieldPath Root { get; } = new(null, null, -1);

    /// <summary>A field, or an entry of a map.</summary>
    public FieldPath this[string name] => new(this, name, -1);

    /// <summary>An item of a list.</summary>
    public FieldPath this[int index] => new(this, null, index);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text);
        return text.ToString();
    }

    /// <summary>Where it stands, or the closest thing around it that is there.</summary>
    internal SourceLocation PlaceIn(YamlNode root) => root.At.Line == 0 ? root.At : Find(root).At;

    /// <summary>Whether the value itself is written there.</summary>
    internal bool IsIn(YamlNode root)
    {
        if (_parent is null)
            return true;
        if (!_parent.IsIn(root))
            return false;
        return (_parent.Find(root), _name) switch
        {
            (YamlMapping map, not null) => map.Find(_name) is not null,
            (YamlSequence list, null) => _index < list.Items.Count,
            _ => false,
        };
    }

    private YamlNode Find(YamlNode root)
    {
        if (_parent is null)
            return root;
        var around = _parent.Find(root);
        return (around, _name) switch
        {
            (YamlMapping map, not null) => map.Find(_name) ?? around,
            (YamlSequence list, null) when _index < list.Items.Count => list.Items[_index],
            _ => around,
        };
    }

    private void Append(StringBuilder text)
    {
        if (_parent is null)
            return;
        _parent.Append(text);
        if (_name is null)
            text.Append(CultureInfo.InvariantCulture, $"[{_index}]");
        else
            text.Append(text.Length > 0 ? "." : "").Append(_name);
    }
}
