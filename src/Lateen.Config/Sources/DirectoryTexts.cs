// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;

namespace Lateen.Config.Sources;

/// <summary>
/// The YAML files of directories and their folders, or single files. Watches them: an edit is told a moment after it was saved, and only what was
/// edited is read again. A poll finds what the watcher misses, as on network file systems. A file that had content and is empty is taken for one
/// that is being written, for a second.
/// </summary>
public sealed class DirectoryTexts : ITextSource
{
    /// <summary>Editors write a file in several steps; this long nothing must happen before it is read.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan s_pollInterval = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _touched = new(0);
    private readonly IReadOnlyList<WatchedPath> _paths;
    private readonly List<TextChange> _taken = [];

    /// <exception cref="DirectoryNotFoundException">There is no such file or directory.</exception>
    public DirectoryTexts(IReadOnlyList<string> paths)
        : this(paths, ResourceDecoder.Decode, isKept: true) { }

    private DirectoryTexts(IReadOnlyList<string> paths, Func<string, string, DecodedText> decode, bool isKept)
    {
        foreach (var path in paths)
        {
            if (!Directory.Exists(path) && !File.Exists(path))
                throw new DirectoryNotFoundException($"there is no file or directory {path}");
        }
        _paths = paths.Select(path => new WatchedPath(path, decode, isKept, () => _touched.Release())).ToList();
    }

    public event Action? Changed;

    /// <summary>A file that has the settings of the mesh and nothing else.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such file.</exception>
    public static DirectoryTexts OfMesh(string path) => new([path], MeshSettings.DecodeFile, isKept: false);

    public Task StartAsync(CancellationToken stop)
    {
        foreach (var path in _paths)
            path.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IReadOnlyList<TextChange> Take()
    {
        // Where one cannot be read, what the others had is kept for the next call.
        foreach (var path in _paths)
            _taken.AddRange(path.Take());
        var changes = _taken.ToArray();
        _taken.Clear();
        return changes;
    }

    /// <summary>Has the next <see cref="Take"/> compare every file with how it was, whatever the watcher has told.</summary>
    public void LookEverywhere()
    {
        foreach (var path in _paths)
            path.LookEverywhere();
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            if (!await _touched.WaitAsync(s_pollInterval, stop).ConfigureAwait(false))
                LookEverywhere();
            while (await _touched.WaitAsync(Quiet, stop).ConfigureAwait(false)) { }
            Changed?.Invoke();
        }
    }

    public void Dispose()
    {
        foreach (var path in _paths)
            path.Dispose();
        _touched.Dispose();
    }

    /// <summary>Texts by the path that messages name: as the user gave it, with what follows inside a directory.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> ReadFiles(IReadOnlyList<string> paths)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in paths.SelectMany(ConfigFiles.Find))
            texts[file.Name] = File.ReadAllText(file.Name);
        return texts;
    }
}
