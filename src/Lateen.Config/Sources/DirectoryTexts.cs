// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Sources;

/// <summary>
/// The YAML files of directories and their folders, or single files. Watches them: an edit is told a moment after it was saved. A poll
/// finds what the watcher misses, as on network file systems.
/// </summary>
public sealed class DirectoryTexts : ITextSource
{
    /// <summary>Editors write a file in several steps; this long nothing must happen before it is read.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan s_pollInterval = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<string> _paths;
    private readonly SemaphoreSlim _touched = new(0);
    private readonly IReadOnlyList<FileSystemWatcher> _watchers;

    /// <exception cref="DirectoryNotFoundException">There is no such file or directory.</exception>
    public DirectoryTexts(IReadOnlyList<string> paths)
    {
        _paths = paths;
        foreach (var path in paths)
        {
            if (!Directory.Exists(path) && !File.Exists(path))
                throw new DirectoryNotFoundException($"there is no file or directory {path}");
        }
        _watchers = paths.Select(Watch).ToList();
    }

    public event Action? Changed;

    public Task StartAsync(CancellationToken stop)
    {
        foreach (var watcher in _watchers)
            watcher.EnableRaisingEvents = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Read()
    {
        try
        {
            return ReadFiles(_paths);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException(denied.Message, denied);
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await _touched.WaitAsync(s_pollInterval, stop).ConfigureAwait(false);
            while (await _touched.WaitAsync(Quiet, stop).ConfigureAwait(false)) { }
            Changed?.Invoke();
        }
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers)
            watcher.Dispose();
        _touched.Dispose();
    }

    /// <summary>Texts by the path that messages name: as the user gave it, with what follows inside a directory.</summary>
    public static IReadOnlyDictionary<string, string> ReadFiles(IReadOnlyList<string> paths)
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
        watcher.Changed += (_, _) => _touched.Release();
        watcher.Created += (_, _) => _touched.Release();
        watcher.Deleted += (_, _) => _touched.Release();
        watcher.Renamed += (_, _) => _touched.Release();
        watcher.Error += (_, _) => _touched.Release();
        return watcher;
    }
}
