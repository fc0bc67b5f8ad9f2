// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
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
        : Value is "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" ? true
        : Value is "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" ? false
        : null;

    /// <summary>Neither a flag nor a number.</summary>
    public bool LooksLikeText => !IsPlain || (Flag is null && !IsNumber);

    private bool IsNumber =>
        Value.Length > 0
        && (char.IsAsciiDigit(Value[^1]) || Value[^1] == '.')
        && (char.IsAsciiDigit(Value[0]) || Value[0] is '-' or '+' or '.')
        && double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
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
