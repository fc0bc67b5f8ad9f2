// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Yaml;

/// <summary>A piece of a YAML document that knows where it stands.</summary>
internal abstract record YamlNode(SourceLocation At);

/// <param name="IsPlain">Written without quotes, so that <c>null</c>, <c>true</c> and numbers mean what they look like.</param>
internal sealed record YamlScalar(SourceLocation At, string Value, bool IsPlain) : YamlNode(At)
{
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record YamlSequence(SourceLocation At, IReadOnlyList<YamlNode> Items) : YamlNode(At);

internal sealed record YamlMapping(SourceLocation At, IReadOnlyList<YamlEntry> Entries) : YamlNode(At)
{
    public YamlNode? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key.Value == key)
                return entry.Value;
        }
        return null;
    }
}

internal readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);
