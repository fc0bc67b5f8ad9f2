// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Runtime;

/// <summary>
/// Directories whose entries are exchanged by moving: a file over a file, or the symbolic link that Kubernetes keeps its
/// volumes behind (<c>..data</c>). The kernel tells, on threads of the runtime; workers never notice.
/// </summary>
/// <param name="changed">
/// Called, by any thread, with the directory, and whether something was moved in or made there; else a file was written in
/// place, perhaps by half.
/// </param>
internal sealed class DirectoryWatches(Action<string, bool> changed) : IDisposable
{
    private readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal);

    /// <summary>Watches these and no others.</summary>
    /// <returns>Directories that were not watched before: they may have changed unseen.</returns>
    public IReadOnlyCollection<string> Watch(IReadOnlySet<string> directories)
    {
        foreach (var (directory, watcher) in _watchers.ToArray())
        {
            if (directories.Contains(directory))
                continue;
            watcher.Dispose();
            _watchers.Remove(directory);
        }
        var added = new List<string>();
        foreach (var directory in directories)
        {
            if (!_watchers.ContainsKey(directory) && Start(directory) is { } watcher)
            {
                _watchers[directory] = watcher;
                added.Add(directory);
            }
        }
        return added;
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers.Values)
            watcher.Dispose();
        _watchers.Clear();
    }

    /// <summary>Null when the directory has gone meanwhile, or the system has no watch left (<c>fs.inotify</c>).</summary>
    private FileSystemWatcher? Start(string directory)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(directory)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite,
            };
            watcher.Created += (_, _) => changed(directory, true);
            watcher.Renamed += (_, _) => changed(directory, true);
            watcher.Changed += (_, _) => changed(directory, false);
            // Events were lost: whatever they were, it is looked at again.
            watcher.Error += (_, _) => changed(directory, true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception failure) when (failure is ArgumentException or IOException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            return null;
        }
    }
}
