// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>
/// The YAML files of directories and their folders, or single files. Watches them: an edit is in force a moment after it was
/// saved. A poll finds what the watcher misses, as on network file systems.
/// </summary>
public sealed class DirectorySource : IDisposable
{
    /// <summary>Editors write a file in several steps; this long nothing must happen before it is read.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan s_pollInterval = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<string> _paths;
    private readonly ConfigAssembler _assembler = new();
    private readonly Published<ConfigSnapshot> _published = new(ConfigSnapshot.Empty);
    private readonly SemaphoreSlim _changed = new(0);
    private readonly IReadOnlyList<FileSystemWatcher> _watchers;
    private Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private HashSet<Problem> _told = [];

    /// <exception cref="DirectoryNotFoundException">There is no such file or directory.</exception>
    public DirectorySource(IReadOnlyList<string> paths)
    {
        _paths = paths;
        foreach (var path in paths)
        {
            if (!Directory.Exists(path) && !File.Exists(path))
                throw new DirectoryNotFoundException($"there is no file or directory {path}");
        }
        _watchers = paths.Select(Watch).ToList();
    }

    /// <summary>A new snapshot is in force; the problems are those that were not told before.</summary>
    public event Action<ConfigSnapshot, IReadOnlyList<Problem>>? Changed;

    public ConfigSnapshot Current => _published.Current;

    /// <summary>Reads everything now, then follows changes until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var watcher in _watchers)
            watcher.EnableRaisingEvents = true;
        Load();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _changed.WaitAsync(s_pollInterval, stop).ConfigureAwait(false);
                while (await _changed.WaitAsync(Quiet, stop).ConfigureAwait(false)) { }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            Load();
        }
    }

    /// <summary>Reads the files and puts them in force if any changed.</summary>
    public void Load()
    {
        Dictionary<string, string> texts;
        try
        {
            texts = ReadFiles(_paths);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Files come and go while we look; the watcher or the poll has us look again.
            Tell(
                _published.Current,
                [ProblemCatalogue.Unreadable(new SourceLocation(string.Join(", ", _paths)), failure.Message)]
            );
            return;
        }
        if (Current.Revision > 0 && texts.Count == _texts.Count && !texts.Except(_texts).Any())
            return;
        _texts = texts;
        var snapshot = _assembler.Assemble(texts);
        _published.Replace(snapshot);
        Tell(snapshot, snapshot.Problems);
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers)
            watcher.Dispose();
        _changed.Dispose();
    }

    /// <summary>Each problem is told once, until it was gone and came back.</summary>
    private void Tell(ConfigSnapshot snapshot, IReadOnlyList<Problem> problems)
    {
        var fresh = problems.Where(problem => !_told.Contains(problem)).ToList();
        _told = [.. problems];
        Changed?.Invoke(snapshot, fresh);
    }

    private FileSystemWatcher Watch(string path)
    {
        var full = Path.GetFullPath(path);
        var isDirectory = Directory.Exists(full);
        var watcher = new FileSystemWatcher(isDirectory ? full : Path.GetDirectoryName(full)!)
        {
            IncludeSubdirectories = isDirectory,
            NotifyFilter =
                NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        watcher.Changed += (_, _) => _changed.Release();
        watcher.Created += (_, _) => _changed.Release();
        watcher.Deleted += (_, _) => _changed.Release();
        watcher.Renamed += (_, _) => _changed.Release();
        watcher.Error += (_, _) => _changed.Release();
        return watcher;
    }

    /// <summary>Texts by the path that messages name: as the user gave it, with what follows inside a directory.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such file or directory.</exception>
    public static Dictionary<string, string> ReadFiles(IReadOnlyList<string> paths)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (File.Exists(path))
            {
                texts[path] = File.ReadAllText(path);
                continue;
            }
            foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
            {
                if (Path.GetExtension(file) is ".yaml" or ".yml" or ".json" && !Path.GetFileName(file).StartsWith('.'))
                    texts[file] = File.ReadAllText(file);
            }
        }
        return texts;
    }
}
