// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Yaml;

/// <summary>A piece of a YAML document that knows where it stands.</summary>
internal abstract record YamlNode(SourceLocation At);

/// <param name="IsPlain">Written without quotes, so that <c>null</c>, <c>true</c> and numbers mean what they look like.</param>
internal sealed record YamlScalar(SourceLocation At, string Value, bool IsPlain) : YamlNode(At)
{
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>The words of YAML 1.1, which the Kubernetes API reads so too.</summary>
    public bool? Flag =>
        !IsPlain ? null
        : Value is "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "y" or "Y" or "on" or "On" or "ON" ? true
        : Value is "false" or "False" or "FALSE" or "no" or "No" or "NO" or "n" or "N" or "off" or "Off" or "OFF"
            ? false
        : null;

    /// <summary>Neither a flag nor a number.</summary>
    public bool LooksLikeText => !IsPlain || (Flag is null && !TryNumber(out _, out _));

    /// <summary>The number that it is.</summary>
    public bool TryNumber(out double real, out long? whole)
    {
        real = 0;
        whole = null;
        return IsPlain && YamlNumber.TryParse(Value, out real, out whole);
    }
}

internal sealed record YamlSequence(SourceLocation At, IReadOnlyList<YamlNode> Items) : YamlNode(At);

internal sealed record YamlMapping(SourceLocation At, IReadOnlyList<YamlEntry> Entries) : YamlNode(At)
{
    /// <summary>Keys that are there a second time; the first ones count.</summary>
    public IReadOnlyList<YamlScalar> Duplicates { get; init; } = [];

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
