// SPDX-License-Identifier: Apache-2.0
using Lateen.Translation;
using Lateen.Xds;

namespace Lateen.Discovery;

/// <summary>What one proxy asked for of one type, what it was sent, and what it said to that.</summary>
internal sealed class TypeWatch(string typeUrl)
{
    private const string MissingVersion = "";

    /// <summary>No version of ours, which are hashes.</summary>
    private const string UnknownVersion = "?";

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    // Versions the proxy has, by name.
    private readonly Dictionary<string, string> _sent = new(StringComparer.Ordinal);

    public string TypeUrl => typeUrl;

    /// <summary>What the proxy was sent and did not acknowledge, by the revisions of the configuration that it came of.</summary>
    public Deliveries Deliveries { get; } = new(typeUrl);

    /// <summary>Of the configuration that is sent next.</summary>
    public long Revision { get; set; }

    public bool IsWildcard { get; set; }

    public IReadOnlyCollection<string> Names => _names;

    /// <summary>Nonce of the last response; empty before the first.</summary>
    public string Nonce { get; private set; } = "";

    public string AckedNonce { get; private set; } = "";

    public string SentVersion { get; private set; } = "";

    public DateTimeOffset SentAt { get; private set; }

    /// <summary>What the proxy refused last, in its words; empty after the next good answer.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>Resources the proxy has.</summary>
    public int Count => _sent.Count;

    /// <summary>
    /// The proxy has these from an earlier stream. Where names are subscribed to, they are; a server that leaves versions
    /// out (istiod does) is one whose resources are sent again.
    /// </summary>
    public void Resume(IEnumerable<KeyValuePair<string, string>> versions)
    {
        foreach (var (name, version) in versions)
        {
            _sent[name] = version.Length > 0 ? version : UnknownVersion;
            if (!IsWildcard)
                _names.Add(name);
        }
    }

    /// <summary>The proxy knows of nothing that it was sent.</summary>
    public void Restart(bool isWildcard)
    {
        IsWildcard = isWildcard;
        _names.Clear();
        _sent.Clear();
        Deliveries.Clear();
    }

    /// <summary>Adds names; returns those that are new.</summary>
    public IReadOnlyList<string> Subscribe(IEnumerable<string> names) => names.Where(_names.Add).ToList();

    public void Unsubscribe(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (_names.Remove(name))
                _sent.Remove(name);
        }
    }

    /// <summary>Makes the names exactly these; returns those that are new.</summary>
    public IReadOnlyList<string> Replace(IReadOnlyCollection<string> names)
    {
        Unsubscribe(_names.Where(name => !names.Contains(name)).ToList());
        return Subscribe(names);
    }

    /// <summary>These must be sent again even if they did not change.</summary>
    public void Forget(IEnumerable<string> names)
    {
        foreach (var name in names)
            _sent.Remove(name);
    }

    /// <summary>Everything must be sent again.</summary>
    public void ForgetAll() => _sent.Clear();

    public void OnAnswer(string nonce, string? error)
    {
        if (error is null)
        {
            AckedNonce = nonce;
            Deliveries.OnAcknowledged();
        }
        else
        {
            Deliveries.OnRefused(error);
        }
        LastError = error ?? "";
    }

    /// <param name="names">Of the resources that it has, or takes away.</param>
    public void OnSent(string nonce, string version, DateTimeOffset now, IEnumerable<string> names)
    {
        Deliveries.OnSent(Revision, names);
        Nonce = nonce;
        SentVersion = version;
        SentAt = now;
    }

    /// <summary>Everything in a set that the proxy asked for.</summary>
    public IEnumerable<NamedResource> Subscribed(ResourceSet set) =>
        IsWildcard ? set.Resources : set.Resources.Where(resource => _names.Contains(resource.Name));

    /// <summary>What the proxy lacks of a set, or has too much of; recorded as sent.</summary>
    public WatchDifference Difference(ResourceSet set)
    {
        var changed = new List<NamedResource>();
        var removed = new List<string>();
        if (IsWildcard)
        {
            foreach (var resource in set.Resources)
                AddIfChanged(resource, changed);
            removed.AddRange(_sent.Keys.Where(name => set.Find(name) is null && !_names.Contains(name)));
        }
        foreach (var name in _names)
        {
            if ((set.Find(name) ?? MissingResources.Stand(typeUrl, name)) is { } resource)
                AddIfChanged(resource, changed);
            else if (!_sent.TryGetValue(name, out var version) || version != MissingVersion)
                removed.Add(name);
        }
        foreach (var name in removed)
        {
            if (_names.Contains(name))
                _sent[name] = MissingVersion;
            else
                _sent.Remove(name);
        }
        return new WatchDifference(changed, removed);
    }

    private void AddIfChanged(NamedResource resource, List<NamedResource> changed)
    {
        if (_sent.TryGetValue(resource.Name, out var version) && version == resource.Version)
            return;
        _sent[resource.Name] = resource.Version;
        changed.Add(resource);
    }
}

/// <summary>What must be told to a proxy.</summary>
internal sealed record WatchDifference(IReadOnlyList<NamedResource> Changed, IReadOnlyList<string> Removed)
{
    public bool IsEmpty => Changed.Count == 0 && Removed.Count == 0;

    public IEnumerable<string> Names => Changed.Select(static resource => resource.Name).Concat(Removed);
}
