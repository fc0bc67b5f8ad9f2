// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Decoding;
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>
/// What is in force, over the end of the process: each text is kept as it was when it was good, and found again by a process that starts while it
/// has errors. Kept from the moment on at which it comes into force, not when it breaks: that may be while nobody runs. Used by one thread.
/// </summary>
/// <param name="kept">Disposed of with this.</param>
/// <param name="store">Which store the objects are of that are no files: another one may have others of the same names.</param>
public sealed class LastGoodTexts(IGoodTexts kept, string store, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, TextChange> _unsaved = new(StringComparer.Ordinal);
    private bool _isFirst = true;

    /// <inheritdoc cref="IGoodTexts.Damaged"/>
    internal event Action<string>? Damaged
    {
        add => kept.Damaged += value;
        remove => kept.Damaged -= value;
    }

    /// <summary>Of texts that have errors: what an earlier process had in force of them.</summary>
    /// <exception cref="IOException">It cannot be found out.</exception>
    internal IReadOnlyList<RestoredText> Restore(IReadOnlyList<TextChange> texts) =>
        [
            .. texts
                .Where(static text => text.Read is { } read && !IsWhole(read))
                .Select(text => Read(text.Name, kept.Find(KeyOf(text.Name))))
                .Where(static text => text.Read.Resources.Count > 0),
        ];

    /// <summary>Changes are in force that <see cref="Save"/> is to keep. The first ones are all texts that there are.</summary>
    internal void Add(IReadOnlyList<TextChange> texts)
    {
        foreach (var text in texts)
            _unsaved[KeyOf(text.Name)] = text;
    }

    /// <summary>Keeps what was added. When this fails, the next call tries it again.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    internal void Save()
    {
        if (_unsaved.Count == 0)
            return;
        var next = new Dictionary<string, IReadOnlyList<GoodText>>(StringComparer.Ordinal);
        var known = _isFirst ? kept.Digests() : new Dictionary<string, string>();
        foreach (var gone in known.Keys.Where(name => !_unsaved.ContainsKey(name)))
            next[gone] = [];
        foreach (var (name, text) in _unsaved)
        {
            if (Next(name, text, known.GetValueOrDefault(name, "")) is { } versions)
                next[name] = versions;
        }
        if (next.Count > 0)
            kept.Replace(next);
        _unsaved.Clear();
        _isFirst = false;
    }

    public void Dispose() => kept.Dispose();

    /// <summary>What is to be kept of a text; null for what is kept already.</summary>
    /// <param name="digest">Of what is kept.</param>
    private IReadOnlyList<GoodText>? Next(string name, TextChange text, string digest)
    {
        if (text.Read is not { } read)
            return [];
        if (text.Content is not { } content)
            return null;
        if (IsWhole(read) && digest.Length > 0 && GoodText.DigestOf(content) == digest)
            return null;
        var now = read.Resources.Select(static resource => resource.Key).ToHashSet();
        var versions = new List<GoodText>();
        var before = IsWhole(read) ? [] : kept.Find(name);
        if (now.Count > 0)
        {
            var known = before.LastOrDefault(version => version.Content == content);
            versions.Add(new GoodText(content, known?.At ?? time.GetUtcNow()));
        }
        // Of what has an error now, or may be behind the place where the text breaks off, the version before stays.
        foreach (var old in before.Reverse())
        {
            var held = KeysOf(text.Name, old)
                .Where(key => (!read.IsComplete || read.Refused.Contains(key)) && now.Add(key))
                .ToArray();
            if (held.Length > 0)
                versions.Insert(0, old with { Keys = held });
        }
        return versions;
    }

    private static bool IsWhole(DecodedText read) => read.IsComplete && read.Refused.Count == 0;

    private static IEnumerable<ConfigKey> KeysOf(string name, GoodText version) =>
        version.Keys ?? [.. Decode(name, version.Content).Resources.Select(static resource => resource.Key)];

    private static RestoredText Read(string name, IReadOnlyList<GoodText> versions)
    {
        var result = new DecodedText(isReadable: true);
        var since = new Dictionary<ConfigKey, DateTimeOffset>();
        foreach (var version in versions.Reverse())
        {
            var keys = version.Keys?.ToHashSet();
            foreach (var resource in Decode(name, version.Content).Resources)
            {
                if (keys?.Contains(resource.Key) != false && since.TryAdd(resource.Key, version.At))
                    result.Add(resource, new DecodeScope(resource.Key.ToString()));
            }
        }
        return new RestoredText(name, result, since);
    }

    private static DecodedText Decode(string name, string content) =>
        TextOrder.IsOfStore(name)
            ? ResourceDecoder.DecodeStored(name, Encoding.UTF8.GetBytes(content))
            : ResourceDecoder.Decode(name, content);

    /// <summary>Where it lies, whatever the directory that the process runs in and the words by which it was named.</summary>
    private string KeyOf(string name) => TextOrder.IsOfStore(name) ? $"{store} {name}" : Path.GetFullPath(name);
}
