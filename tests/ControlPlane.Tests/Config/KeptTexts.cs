// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Sources;

namespace ControlPlane.Tests.Config;

/// <summary>Good texts that outlive who kept them, as a disk does; it may be full.</summary>
internal sealed class KeptTexts : IGoodTexts
{
    private readonly Dictionary<string, IReadOnlyList<GoodText>> _texts = new(StringComparer.Ordinal);

    public event Action<string>? Damaged;

    public bool IsFull { get; set; }

    public IEnumerable<string> Names => _texts.Keys.Select(static name => Path.GetFileName(name));

    /// <summary>It turns out that a text was damaged.</summary>
    public void Damage(string name)
    {
        _texts.Remove(_texts.Keys.Single(key => Path.GetFileName(key) == name));
        Damaged?.Invoke(name);
    }

    public IReadOnlyList<GoodText> Find(string name) => _texts.GetValueOrDefault(name, []);

    public IReadOnlyDictionary<string, string> Digests() =>
        _texts.ToDictionary(
            static one => one.Key,
            static one => one.Value is [{ Keys: null } all] ? GoodText.DigestOf(all.Content) : ""
        );

    public void Replace(IReadOnlyCollection<KeyValuePair<string, IReadOnlyList<GoodText>>> texts)
    {
        if (IsFull)
            throw new IOException("no space left on device");
        foreach (var (name, versions) in texts)
        {
            if (versions.Count == 0)
                _texts.Remove(name);
            else
                _texts[name] = versions;
        }
    }

    public void Dispose() { }
}
