// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>Configuration from files and stores together, as one snapshot after the other: what is in one may refer to what is in another.</summary>
public sealed class ConfigSource : IDisposable
{
    private readonly IReadOnlyList<ITextSource> _sources;
    private readonly ConfigAssembler _assembler = new();
    private readonly Published<ConfigSnapshot> _published = new(ConfigSnapshot.Empty);
    private readonly SemaphoreSlim _changed = new(0);
    private Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private HashSet<Problem> _told = [];

    public ConfigSource(params IReadOnlyList<ITextSource> sources)
    {
        _sources = sources;
        foreach (var source in sources)
            source.Changed += () => _changed.Release();
    }

    /// <summary>A new snapshot is in force; the problems are those that were not told before.</summary>
    public event Action<ConfigSnapshot, IReadOnlyList<Problem>>? Changed;

    public ConfigSnapshot Current => _published.Current;

    /// <summary>Of files alone.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such file or directory.</exception>
    public static ConfigSource OfFiles(IReadOnlyList<string> paths) => new(new DirectoryTexts(paths));

    /// <summary>Comes back once everything was read and is in force.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        foreach (var source in _sources)
            await source.StartAsync(stop).ConfigureAwait(false);
        Load();
    }

    /// <summary>Follows changes until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var following = Task.WhenAll(_sources.Select(source => source.RunAsync(stop)).Append(LoadAsync(stop)));
        try
        {
            await following.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>Reads everything and puts it in force if anything changed.</summary>
    public void Load()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, text) in _sources.SelectMany(static source => source.Read()))
                texts[name] = text;
        }
        catch (IOException failure)
        {
            // Files come and go while we look; a watcher or a poll has us look again.
            Tell(_published.Current, [ProblemCatalogue.Unreadable(SourceLocation.None, failure.Message)]);
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
        foreach (var source in _sources)
            source.Dispose();
        _changed.Dispose();
    }

    private async Task LoadAsync(CancellationToken stop)
    {
        while (true)
        {
            await _changed.WaitAsync(stop).ConfigureAwait(false);
            // Whatever came until now is read at once.
            while (await _changed.WaitAsync(TimeSpan.Zero, stop).ConfigureAwait(false)) { }
            Load();
        }
    }

    /// <summary>Each problem is told once, until it was gone and came back.</summary>
    private void Tell(ConfigSnapshot snapshot, IReadOnlyList<Problem> problems)
    {
        var fresh = problems.Where(problem => !_told.Contains(problem)).ToList();
        _told = [.. problems];
        Changed?.Invoke(snapshot, fresh);
    }
}
