// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Yaml;

/// <summary>Collects the entries of a mapping: keys that are there twice, and mappings that are merged into it (<c>&lt;&lt;</c>).</summary>
internal sealed class YamlMappingBuilder(SourceLocation at)
{
    private readonly List<YamlEntry> _entries = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<YamlMapping> _merged = [];
    private List<YamlScalar>? _duplicates;

    public void Add(YamlScalar key, YamlNode value)
    {
        if (_seen.Add(key.Value))
            _entries.Add(new YamlEntry(key, value));
        else
            (_duplicates ??= []).Add(key);
    }

    /// <summary>Takes what is merged; false when it is no mapping, nor a list of them.</summary>
    public bool Merge(YamlNode value)
    {
        if (value is YamlMapping one)
        {
            _merged.Add(one);
            return true;
        }
        if (value is not YamlSequence list || !list.Items.All(static item => item is YamlMapping))
            return false;
        _merged.AddRange(list.Items.Cast<YamlMapping>());
        return true;
    }

    /// <summary>The mapping's own entries count before merged ones, wherever they stand, and earlier merged ones before later ones.</summary>
    public YamlMapping Build()
    {
        foreach (var merged in _merged)
            _entries.AddRange(merged.Entries.Where(entry => _seen.Add(entry.Key.Value)));
        return new YamlMapping(at, _entries) { Duplicates = _duplicates ?? [] };
    }
}
