// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Decoding;
using Lateen.Config.Stores;

namespace Lateen.Config.Sources;

/// <summary>
/// The objects of a store, each a text: lists them page by page, then watches. What only says how an object fares (its status, who owns what of it)
/// is left out, so that writing it changes nothing here.
/// </summary>
public sealed class StoreTexts(IResourceStore store, TimeProvider time) : ITextSource
{
    /// <summary>In front of an object's key in the names of its text.</summary>
    public const string Prefix = "store:";

    /// <summary>Objects that are in memory undecoded while everything is listed.</summary>
    private const int PageSize = 1_000;

    /// <summary>A store that is away is asked again after this.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    /// <summary>The revision of each object that was read.</summary>
    private readonly Dictionary<ObjectKey, long> _known = [];

    private Dictionary<ObjectKey, TextChange> _pending = [];

    /// <summary>What is in <see cref="_pending"/>, and was before.</summary>
    private StoreHorizon _horizon = StoreHorizon.None;

    private StoreHorizon _taken = StoreHorizon.None;

    /// <summary>The watch goes on behind this.</summary>
    private long _revision;

    private bool _mustList = true;

    public event Action? Changed;

    /// <summary>The store cannot be reached, and is asked again; what was read before holds.</summary>
    public event Action<StoreUnavailableException>? Unavailable;

    /// <summary>How much of the store those have who took what there was to take.</summary>
    public StoreHorizon Taken => Volatile.Read(ref _taken);

    /// <summary>Comes back once everything was listed, however long the store is away: a mesh without its configuration is worse than none.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        while (!await TryAsync(ListAsync, stop).ConfigureAwait(false)) { }
    }

    /// <inheritdoc/>
    public IReadOnlyList<TextChange> Take()
    {
        lock (_gate)
        {
            var changes = _pending;
            _pending = [];
            Volatile.Write(ref _taken, _horizon);
            return [.. changes.Values];
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
            await TryAsync(_mustList ? ListAsync : WatchAsync, stop).ConfigureAwait(false);
    }

    public void Dispose() { }

    /// <summary>All pages are of one moment. Objects that are as they were are not read again.</summary>
    private async Task ListAsync(CancellationToken stop)
    {
        var seen = new HashSet<ObjectKey>();
        var fresh = new List<(StoredObject Stored, TextChange Change)>();
        var horizon = _horizon;
        ObjectPage? page = null;
        do
        {
            page = await store
                .ListAsync(ObjectScope.Everything, PageSize, page?.Continue, page?.Revision ?? 0, stop)
                .ConfigureAwait(false);
            var listed = page.Objects.Where(static stored => IsRead(stored.Key)).ToArray();
            seen.UnionWith(listed.Select(static stored => stored.Key));
            foreach (var stored in listed)
                horizon = horizon.With(stored.Key, stored.Revision);
            fresh.AddRange(
                ParallelReading.Read(
                    [.. listed.Where(stored => _known.GetValueOrDefault(stored.Key) != stored.Revision)],
                    // The content is not held on to: only what it says.
                    stored => (stored with { Content = default }, Read(stored))
                )
            );
        } while (page.Continue is not null);
        foreach (var gone in _known.Keys.Where(key => !seen.Contains(key) && !page.IsSilentOn(key)).ToArray())
            Forget(gone);
        foreach (var (stored, change) in fresh)
            Put(stored, change);
        lock (_gate)
            _horizon = horizon with { Listed = page.Revision };
        _revision = page.Revision;
        _mustList = false;
        Changed?.Invoke();
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        await foreach (var change in store.WatchAsync(ObjectScope.Everything, _revision, stop).ConfigureAwait(false))
        {
            _revision = change.Object.Revision;
            if (!IsRead(change.Object.Key))
                continue;
            if (change.Kind == ChangeKind.Deleted)
                Forget(change.Object.Key);
            else if (change.Previous is { } previous && StoredTexts.SayTheSame(previous, change.Object))
                _known[change.Object.Key] = change.Object.Revision;
            else
                Put(change.Object, Read(change.Object));
            lock (_gate)
                _horizon = _horizon.With(change.Object.Key, change.Object.Revision);
            Changed?.Invoke();
        }
    }

    private void Put(StoredObject stored, TextChange change)
    {
        _known[stored.Key] = stored.Revision;
        lock (_gate)
            _pending[stored.Key] = change;
    }

    private void Forget(ObjectKey key)
    {
        _known.Remove(key);
        lock (_gate)
            _pending[key] = new TextChange(NameOf(key), null);
    }

    /// <returns>Whether it was done.</returns>
    private async Task<bool> TryAsync(Func<CancellationToken, Task> step, CancellationToken stop)
    {
        try
        {
            await step(stop).ConfigureAwait(false);
            return true;
        }
        catch (RevisionGoneException)
        {
            // Not at once: a store that forgets faster than it is listed would have us do nothing else.
            _mustList = true;
            await Task.Delay(s_retry, time, stop).ConfigureAwait(false);
            return false;
        }
        catch (StoreUnavailableException unavailable)
        {
            Unavailable?.Invoke(unavailable);
            await Task.Delay(s_retry, time, stop).ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Namespaces are the API's own, leases those of control planes: the mesh does not read them.</summary>
    private static bool IsRead(in ObjectKey key) =>
        key is not ({ Group: "", Plural: "namespaces" } or { Group: "coordination.k8s.io" });

    private static string NameOf(in ObjectKey key) => $"{Prefix}{key}";

    private TextChange Read(StoredObject stored)
    {
        var name = NameOf(stored.Key);
        // What nobody else writes was checked when it was. Secrets are not to lie about in another place.
        var isKept = store.IsShared && stored.Key is not { Group: "", Plural: "secrets" };
        return new TextChange(
            name,
            ResourceDecoder.DecodeStored(name, stored.Content.Span),
            isKept ? Encoding.UTF8.GetString(stored.Content.Span) : null
        );
    }
}
