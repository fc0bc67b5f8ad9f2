// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>Configuration from files and stores together, as one snapshot after the other: what is in one may refer to what is in another.</summary>
public sealed class ConfigSource : IDisposable
{
    private readonly IReadOnlyList<ITextSource> _sources;
    private LastGoodTexts? _lastGood;
    private readonly ConfigAssembler _assembler = new();
    private readonly Published<ConfigSnapshot> _published = new(ConfigSnapshot.Empty);
    private readonly SemaphoreSlim _changed = new(0);
    private readonly List<TextChange> _taken = [];
    private readonly Dictionary<ITextSource, string> _unreadable = [];
    private string _unkept = "";

    public ConfigSource(params IReadOnlyList<ITextSource> sources)
        : this(sources, lastGood: null) { }

    /// <param name="lastGood">Where what is in force is kept for the next process; null for nowhere. Disposed of with this.</param>
    public ConfigSource(IReadOnlyList<ITextSource> sources, LastGoodTexts? lastGood)
    {
        (_sources, _lastGood) = (sources, lastGood);
        if (lastGood is not null)
            lastGood.Damaged += what => Changed?.Invoke(Current, [ProblemCatalogue.DamagedCopy(what)]);
        foreach (var source in sources)
            source.Changed += () => _changed.Release();
    }

    /// <summary>A new snapshot is in force; the problems are those that were not told before.</summary>
    public event Action<ConfigSnapshot, IReadOnlyList<Problem>>? Changed;

    /// <summary>Everything that there was to read is in <see cref="Current"/>, which may be as it was before.</summary>
    public event Action? Loaded;

    public ConfigSnapshot Current => _published.Current;

    /// <summary>What following changes has taken until now.</summary>
    public AssemblyWork Work => _assembler.Work;

    /// <summary>Texts that have errors, and of which something is in force that an earlier process has left.</summary>
    public IReadOnlyCollection<string> Restored => [.. _assembler.Restored];

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

    /// <summary>Reads what changed (the first time everything) and puts it in force.</summary>
    public void Load()
    {
        var isWhole = true;
        foreach (var source in _sources)
            isWhole &= TryTake(source);
        var isFirst = Current.Revision == 0;
        // A mesh without a part of its configuration is worse than none.
        if (!isWhole && isFirst)
            return;
        if (isFirst)
            Keep(lastGood => _assembler.Restore(lastGood.Restore(_taken)));
        var fresh = _assembler.Apply(_taken);
        if (fresh is not null)
            _lastGood?.Add(_taken);
        _taken.Clear();
        if (fresh is not null)
            _published.Replace(_assembler.Current);
        Loaded?.Invoke();
        if (fresh is not null)
            Changed?.Invoke(_assembler.Current, FieldPlaces.InFiles(fresh));
        // Nobody is served before the first is in force: all that there is can be kept a little later.
        if (!isFirst)
            Keep(static lastGood => lastGood.Save());
    }

    /// <summary>What an earlier process left is taken; what is in force from now on is kept by another one.</summary>
    public void StopKeeping()
    {
        _lastGood?.Dispose();
        _lastGood = null;
    }

    public void Dispose()
    {
        _lastGood?.Dispose();
        foreach (var source in _sources)
            source.Dispose();
        _changed.Dispose();
    }

    private bool TryTake(ITextSource source)
    {
        try
        {
            _taken.AddRange(source.Take());
            _unreadable.Remove(source);
            return true;
        }
        catch (IOException failure)
        {
            // Files come and go while we look; a watcher or a poll has us look again.
            if (_unreadable.TryGetValue(source, out var told) && told == failure.Message)
                return false;
            _unreadable[source] = failure.Message;
            Changed?.Invoke(Current, [ProblemCatalogue.Unreadable(SourceLocation.None, failure.Message)]);
            return false;
        }
    }

    /// <summary>Configuration does not wait for a disk that is full or damaged: it is told, once.</summary>
    private void Keep(Action<LastGoodTexts> step)
    {
        if (_lastGood is null)
            return;
        var problem = "";
        try
        {
            step(_lastGood);
        }
        catch (IOException failure)
        {
            problem = failure.Message;
        }
        if (problem.Length > 0 && problem != _unkept)
            Changed?.Invoke(Current, [ProblemCatalogue.NotKept(problem)]);
        _unkept = problem;
    }

    private async Task LoadAsync(CancellationToken stop)
    {
        await Task.Yield();
        Keep(static lastGood => lastGood.Save());
        while (true)
        {
            await _changed.WaitAsync(stop).ConfigureAwait(false);
            // Whatever came until now is read at once.
            while (await _changed.WaitAsync(TimeSpan.Zero, stop).ConfigureAwait(false)) { }
            Load();
        }
    }
}
