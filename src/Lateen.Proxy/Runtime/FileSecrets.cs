// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Runtime;

/// <summary>
/// Secrets in files that are in use, as they are in force: a version that cannot be used leaves the one before it. Only under
/// the lock of the <see cref="ConfigStore"/>.
/// </summary>
/// <param name="changed">Called, by any thread, for <see cref="Reload"/> to be called with the same.</param>
/// <param name="failed">Told of each secret that could not be read: its name, why, and whether an older version stays.</param>
internal sealed class FileSecrets(Action<string, bool> changed, Action<string, string, bool> failed) : IDisposable
{
    private readonly Dictionary<LocalSecret, Entry> _entries = [];
    private readonly DirectoryWatches _watches = new(changed);

    /// <summary>The version in force; null while there is none.</summary>
    public SecretSpec? Of(LocalSecret secret)
    {
        if (!_entries.TryGetValue(secret, out var entry))
        {
            var first = secret.First;
            entry = _entries[secret] = new Entry(first);
            if (first.Secret is null)
                failed(secret.Name, first.Problem, false);
        }
        entry.IsUsed = true;
        return entry.InForce;
    }

    /// <summary>Forgets what was not asked for since the last call, and watches the rest.</summary>
    /// <returns>True when some secret changed before it was watched.</returns>
    public bool Settle()
    {
        foreach (var (secret, entry) in _entries.ToArray())
        {
            if (!entry.IsUsed)
                _entries.Remove(secret);
            entry.IsUsed = false;
        }
        return Watch();
    }

    /// <summary>Reads anew what a directory may have changed.</summary>
    /// <param name="isMove">
    /// False when a file was written in place. That changes nothing that is in force, since it would be read half written
    /// (Envoy watches for moves alone); what is still waited for is tried.
    /// </param>
    /// <returns>True when another version is in force.</returns>
    public bool Reload(string directory, bool isMove)
    {
        var hasChanged = false;
        foreach (var (secret, entry) in _entries)
        {
            if (entry.WatchedAt.Contains(directory) && (isMove || entry.InForce is null))
                hasChanged |= Read(secret, entry);
        }
        return Watch() || hasChanged;
    }

    public void Dispose() => _watches.Dispose();

    private bool Read(LocalSecret secret, Entry entry)
    {
        var reading = secret.Read();
        if (reading.IsSameAs(entry.Last))
            return false;
        entry.Last = reading;
        if (reading.Secret is null)
        {
            failed(secret.Name, reading.Problem, entry.InForce is not null);
            return false;
        }
        entry.InForce = reading.Secret;
        return true;
    }

    /// <summary>
    /// Watches what secrets depend on. Where a directory is not there, the nearest above it is watched, until it comes.
    /// </summary>
    private bool Watch()
    {
        var hasChanged = false;
        while (true)
        {
            var directories = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in _entries.Values)
            {
                entry.WatchedAt = entry.Last.Directories.Select(Existing).ToHashSet(StringComparer.Ordinal);
                directories.UnionWith(entry.WatchedAt);
            }
            var added = _watches.Watch(directories);
            if (added.Count == 0)
                return hasChanged;
            foreach (var (secret, entry) in _entries)
            {
                if (entry.WatchedAt.Overlaps(added))
                    hasChanged |= Read(secret, entry);
            }
        }
    }

    private static string Existing(string directory)
    {
        while (!Directory.Exists(directory) && Path.GetDirectoryName(directory) is { } above)
            directory = above;
        return directory;
    }

    private sealed class Entry(SecretReading first)
    {
        /// <summary>What the files had when they were read last, good or not.</summary>
        public SecretReading Last { get; set; } = first;

        public SecretSpec? InForce { get; set; } = first.Secret;

        public HashSet<string> WatchedAt { get; set; } = [];

        public bool IsUsed { get; set; }
    }
}
