// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Decoding;
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>A file or a directory of configuration: knows how its files were when they were read, and which were touched since.</summary>
internal sealed class WatchedPath : IDisposable
{
    /// <summary>
    /// Readings for which a file that had content may be empty: its writer has truncated it and has not written yet. With
    /// <see cref="DirectoryTexts.Quiet"/> between them, a second.
    /// </summary>
    internal const int EmptyReadings = 20;

    private readonly string _path;
    private readonly Func<string, string, DecodedText> _decode;
    private readonly bool _isKept;
    private readonly string _fullPath;
    private readonly bool _isDirectory;
    private readonly Action _touched;
    private readonly FileSystemWatcher _watcher;
    private readonly Lock _gate = new();

    /// <summary>Files as they were read last; only whoever takes changes looks here.</summary>
    private readonly Dictionary<string, FileStamp> _known = new(StringComparer.Ordinal);

    /// <summary>Files that had content and are empty, and for how many readings.</summary>
    private readonly Dictionary<string, int> _emptied = new(StringComparer.Ordinal);

    private HashSet<string> _dirty = new(StringComparer.Ordinal);
    private bool _mustLookEverywhere = true;

    /// <param name="decode">Reads a text, given its name.</param>
    /// <param name="isKept">Whether texts are of resources, so that they may be kept over the end of the process.</param>
    /// <param name="touched">Called by any thread when a file may have changed.</param>
    public WatchedPath(string path, Func<string, string, DecodedText> decode, bool isKept, Action touched)
    {
        _path = path;
        (_decode, _isKept) = (decode, isKept);
        _touched = touched;
        _fullPath = Path.GetFullPath(path);
        _isDirectory = Directory.Exists(_fullPath);
        _watcher = new FileSystemWatcher(_isDirectory ? _fullPath : Path.GetDirectoryName(_fullPath)!)
        {
            IncludeSubdirectories = _isDirectory,
            NotifyFilter =
                NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        _watcher.Changed += (_, change) => Touch(change.FullPath);
        _watcher.Created += (_, change) => Touch(change.FullPath);
        _watcher.Deleted += (_, change) => Touch(change.FullPath);
        _watcher.Renamed += (_, change) =>
        {
            Touch(change.OldFullPath);
            Touch(change.FullPath);
        };
        // It lost some.
        _watcher.Error += (_, _) =>
        {
            LookEverywhere();
            _touched();
        };
    }

    public void Start() => _watcher.EnableRaisingEvents = true;

    /// <summary>Has the next reading compare every file with how it was.</summary>
    public void LookEverywhere()
    {
        lock (_gate)
            _mustLookEverywhere = true;
    }

    /// <inheritdoc cref="ITextSource.Take"/>
    public IReadOnlyList<TextChange> Take()
    {
        HashSet<string> names;
        bool isEverywhere;
        lock (_gate)
        {
            (names, _dirty) = (_dirty, new HashSet<string>(StringComparer.Ordinal));
            (isEverywhere, _mustLookEverywhere) = (_mustLookEverywhere, false);
        }
        try
        {
            if (isEverywhere)
                AddChanged(names);
            var read = ParallelReading
                .Read(names.Order(StringComparer.Ordinal).ToArray(), Read)
                .Where(file => !IsBeingWritten(file.Change.Name, file.Stamp))
                .ToArray();
            foreach (var file in read)
            {
                if (file.Change.Read is null)
                    _known.Remove(file.Change.Name);
                else
                    _known[file.Change.Name] = file.Stamp;
            }
            return read.Select(static file => file.Change).ToArray();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            lock (_gate)
                _dirty.UnionWith(names);
            LookEverywhere();
            throw failure as IOException ?? new IOException(failure.Message, failure);
        }
    }

    public void Dispose() => _watcher.Dispose();

    private void Touch(string fullPath)
    {
        lock (_gate)
        {
            if (!_isDirectory && fullPath == _fullPath)
                _dirty.Add(_path);
            else if (
                _isDirectory
                && ConfigFiles.IsOfConfiguration(Path.GetFileName(fullPath.AsSpan()))
                && !Directory.Exists(fullPath)
            )
                _dirty.Add(Path.Join(_path, Path.GetRelativePath(_fullPath, fullPath)));
            else
                // A folder, or a link that others lead through.
                _mustLookEverywhere = true;
        }
        _touched();
    }

    /// <summary>An empty file would take everything it had out of force; it is read again in a moment.</summary>
    private bool IsBeingWritten(string name, FileStamp stamp)
    {
        // What is gone or cannot be read has no stamp.
        var isEmptied =
            stamp is { Length: 0, WrittenAt: > 0 } && _known.TryGetValue(name, out var known) && known.Length > 0;
        var readings = isEmptied ? _emptied.GetValueOrDefault(name) + 1 : 0;
        if (readings is 0 or > EmptyReadings)
        {
            _emptied.Remove(name);
            return false;
        }
        _emptied[name] = readings;
        lock (_gate)
            _dirty.Add(name);
        _touched();
        return true;
    }

    /// <summary>Adds files that are new, other than they were, or gone.</summary>
    private void AddChanged(HashSet<string> names)
    {
        var gone = new HashSet<string>(_known.Keys, StringComparer.Ordinal);
        foreach (var (name, stamp) in ConfigFiles.Find(_path))
        {
            gone.Remove(name);
            if (!_known.TryGetValue(name, out var known) || known != stamp || known == default)
                names.Add(name);
        }
        names.UnionWith(gone);
    }

    private (TextChange Change, FileStamp Stamp) Read(string name)
    {
        try
        {
            using var file = File.OpenHandle(name);
            // Before the text: what is written in between is read again.
            var stamp = FileStamp.Of(file);
            using var reader = new StreamReader(new FileStream(file, FileAccess.Read, bufferSize: 0), Encoding.UTF8);
            var text = reader.ReadToEnd();
            return (new TextChange(name, _decode(name, text), _isKept ? text : null), stamp);
        }
        catch (Exception failure)
            when (_isDirectory && (failure is FileNotFoundException or DirectoryNotFoundException))
        {
            return (new TextChange(name, null), default);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Only this one: its last good content stays in force, and it is tried again.
            var unreadable = DecodedText.Broken(ProblemCatalogue.Unreadable(new SourceLocation(name), failure.Message));
            return (new TextChange(name, unreadable), default);
        }
    }
}
