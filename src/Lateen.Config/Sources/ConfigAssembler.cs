// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Analysis;
using Lateen.Config.Decoding;
using Lateen.Config.Precedence;
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>
/// Makes one snapshot after the other of changes to texts, remembering the last good version of everything: what is refused now stays in force as it
/// was, and what was never good is not in force. Looks only at resources that a change touches, and at those that refer to them. Used by one thread.
/// </summary>
public sealed class ConfigAssembler
{
    private readonly Dictionary<string, TextState> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<ConfigKey, ResourceEntry> _entries = [];
    private readonly ReferenceGraph _references = new();
    private readonly ProblemLedger _problems = new();
    private ConfigResource? _settings;
    private readonly RestoredResources _restored = new();

    /// <summary>The latest snapshot.</summary>
    public ConfigSnapshot Current { get; private set; } = ConfigSnapshot.Empty;

    /// <summary>What all changes until now took.</summary>
    public AssemblyWork Work { get; private set; }

    /// <summary>Takes the whole set of texts, by their names.</summary>
    public ConfigSnapshot Assemble(IReadOnlyDictionary<string, string> texts)
    {
        var gone = _texts
            .Keys.Where(name => !texts.ContainsKey(name))
            .Select(static name => new TextChange(name, null));
        var read = texts.Select(static text => new TextChange(text.Key, ResourceDecoder.Decode(text.Key, text.Value)));
        Apply([.. gone, .. read]);
        return Current;
    }

    /// <summary>Texts of which something is in force that an earlier process has left, since they have errors.</summary>
    internal IEnumerable<string> Restored => _restored.Texts;

    /// <summary>
    /// Before anything else: what an earlier process had in force of texts that have errors now. It is held as it would be had the process gone on.
    /// </summary>
    internal void Restore(IReadOnlyList<RestoredText> texts)
    {
        var touched = new HashSet<ConfigKey>();
        foreach (var text in texts)
            Replace(text.Name, text.Read, touched);
        var since = texts.ToDictionary(static text => text.Name, static text => text.Since, StringComparer.Ordinal);
        var inForce = new List<ResourceChange>();
        foreach (var key in touched)
        {
            var entry = _entries[key];
            Choose(entry, []);
            entry.InForce = entry.Candidate;
            _restored.Add(key, entry.InForce!, since[entry.InForce!.Text][key]);
            inForce.Add(new ResourceChange(null, entry.InForce.Resource));
        }
        Current = Current.With(Current.Revision, inForce, _problems.Now());
    }

    /// <summary>Takes changes, all of them in one step.</summary>
    /// <returns>Problems that were not there before; null when nothing changed, so that the snapshot stays.</returns>
    public IReadOnlyList<Problem>? Apply(IReadOnlyList<TextChange> changes)
    {
        var touched = new HashSet<ConfigKey>();
        var isChanged = Current.Revision == 0;
        foreach (var change in changes)
            isChanged |= Replace(change.Name, change.Read, touched);
        if (!isChanged)
            return null;
        var texts = changes.Select(static change => change.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var key in touched)
            Choose(_entries[key], texts);
        _restored.Update(touched, _entries, texts);
        foreach (var name in texts)
            _problems.Put(name, ProblemsOf(name));
        var stale = _references.TakeStale();
        Work = Work with { Merged = Work.Merged + touched.Count, Checked = Work.Checked + stale.Count };
        touched.UnionWith(stale);
        var inForce = touched.Select(PutInForce).ToList();
        Current = Current.With(Current.Revision + 1, inForce, _problems.Now());
        FollowSettings();
        return _problems.TakeFresh();
    }

    /// <summary>The mesh's own settings are part of the configuration; who sees what is judged by those that are in force now.</summary>
    private void FollowSettings()
    {
        var settings = MeshSettings.In(Current);
        if (ReferenceEquals(settings, _settings))
            return;
        _settings = settings;
        _references.Use(settings is null ? ExportDefaults.Public : MeshExports.Of(MeshSettings.Of(settings)));
        var judged = _references.TakeStale();
        Work = Work with { Checked = Work.Checked + judged.Count };
        Current = Current.With(Current.Revision, judged.Select(PutInForce).ToList(), _problems.Now());
    }

    private IReadOnlyList<Problem> ProblemsOf(string name)
    {
        if (!_texts.TryGetValue(name, out var text))
            return [];
        return _restored.ProblemOf(name, text.Read) is { } kept ? [.. text.Problems(), kept] : text.Problems();
    }

    /// <returns>Whether it says anything else than before.</returns>
    private bool Replace(string name, DecodedText? read, HashSet<ConfigKey> touched)
    {
        var before = _texts.GetValueOrDefault(name);
        if (read is not null)
            Work = Work with { Validated = Work.Validated + read.Resources.Count + read.Refused.Count };
        if (read is null ? before is null : before?.Read.SaysTheSame(read) == true)
            return false;
        var held = before?.Keys().ToHashSet() ?? [];
        foreach (var key in held)
            EntryOf(key).RemoveOf(name);
        touched.UnionWith(held);
        if (read is null)
        {
            _texts.Remove(name);
            return true;
        }
        _texts[name] = new TextState(read);
        foreach (var resource in read.Resources)
            Claim(resource.Key, new Claim(name, resource), touched);
        foreach (var key in read.Refused)
            Claim(key, new Claim(name, null), touched);
        return true;
    }

    private void Claim(ConfigKey key, Claim claim, HashSet<ConfigKey> touched)
    {
        EntryOf(key).Add(claim);
        touched.Add(key);
    }

    private ResourceEntry EntryOf(ConfigKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
            _entries[key] = entry = new ResourceEntry();
        return entry;
    }

    /// <summary>Finds which definition counts, and tells the others.</summary>
    /// <param name="texts">Takes the names of those whose problems are others now.</param>
    private void Choose(ResourceEntry entry, HashSet<string> texts)
    {
        var before = entry.Candidate?.Resource;
        // A text that breaks off may have held anything: all it held before stays.
        entry.Candidate = entry.Choose() ?? (IsHeld(entry) ? entry.InForce : null);
        var now = entry.Candidate?.Resource;
        if (!ReferenceEquals(before, now))
            _references.Replace(before, now);
        var isFirst = true;
        foreach (var claim in entry.Claims)
        {
            if (claim.Resource is not { } resource)
                continue;
            var counts = isFirst && entry.Candidate!.Text == claim.Text;
            if (_texts[claim.Text].TellDuplicate(resource, counts ? null : now!.At))
                texts.Add(claim.Text);
            isFirst = false;
        }
    }

    /// <summary>Whether what is in force comes from a text that now breaks off.</summary>
    private bool IsHeld(ResourceEntry entry) =>
        entry.InForce is { } inForce && _texts.TryGetValue(inForce.Text, out var text) && !text.Read.IsComplete;

    /// <summary>What it refers to need not be there: that is told, and whoever defines it may come later.</summary>
    private ResourceChange PutInForce(ConfigKey key)
    {
        var entry = _entries[key];
        var before = entry.InForce?.Resource;
        var candidate = entry.Candidate?.Resource;
        var problems = candidate is null ? [] : _references.ProblemsOf(candidate);
        _problems.Put(entry.Told, entry.Problems, candidate, problems);
        (entry.Told, entry.Problems) = (candidate, problems);
        entry.InForce = entry.Candidate;
        if (
            entry.InForce is { } inForce
            && !entry.IsDefinedBy(inForce.Text)
            && _texts.TryGetValue(inForce.Text, out var text)
        )
            text.Hold(key);
        if (entry.IsEmpty)
            _entries.Remove(key);
        var now = entry.InForce?.Resource;
        return ReferenceEquals(before, now) ? default : new ResourceChange(before, now);
    }
}
