// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Schemas;
using Lateen.Config.Yaml;

namespace Lateen.Config.Decoding;

/// <summary>Fields by the names of their protobuf messages, which users of Istio's mesh configuration write as well.</summary>
internal static class ProtobufNames
{
    /// <summary>The same mapping, with the names that the schema knows.</summary>
    public static YamlMapping Resolve(ObjectSchema schema, YamlMapping map) =>
        map.Entries.All(entry => IsKnown(schema, entry.Key.Value))
            ? map
            : map with
            {
                Entries = map.Entries.Select(entry => Resolve(schema, entry)).ToArray(),
            };

    private static YamlEntry Resolve(ObjectSchema schema, YamlEntry entry)
    {
        if (IsKnown(schema, entry.Key.Value))
            return entry;
        var name = CamelCase(entry.Key.Value);
        return IsKnown(schema, name) ? entry with { Key = entry.Key with { Value = name } } : entry;
    }

    private static bool IsKnown(ObjectSchema schema, string name) => schema.Find(name) is not null;

    /// <summary><c>trust_domain</c> → <c>trustDomain</c>, as protobuf does it.</summary>
    private static string CamelCase(string name)
    {
        var text = new StringBuilder(name.Length);
        var isUpper = false;
        foreach (var c in name)
        {
            if (c != '_')
                text.Append(isUpper ? char.ToUpperInvariant(c) : c);
            isUpper = c == '_';
        }
        return text.ToString();
    }
}
