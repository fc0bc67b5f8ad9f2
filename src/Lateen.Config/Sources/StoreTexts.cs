// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Config.Sources;

/// <summary>
/// The objects of a store, each a text: lists them, then watches. What only says how an object fares (its status, who owns what of it) is
/// left out, so that writing it changes nothing here.
/// </summary>
public sealed class StoreTexts(IResourceStore store, TimeProvider time) : ITextSource
{
    /// <summary>In front of an object's key in the names of its text.</summary>
    public const string Prefix = "store:";

    /// <summary>A store that is away is asked again after this.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private long _revision;

    /// <summary>The watch goes on behind this; 0 where everything must be listed again.</summary>
    private bool _mustList = true;

    public event Action? Changed;

    /// <summary>The store cannot be reached, and is asked again; what was read before holds.</summary>
    public event Action<StoreUnavailableException>? Unavailable;

    /// <summary>Comes back once everything was listed, however long the store is away: a mesh without its configuration is worse than none.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        while (!await TryAsync(ListAsync, stop).ConfigureAwait(false)) { }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Read()
    {
        lock (_gate)
            return new Dictionary<string, string>(_texts, StringComparer.Ordinal);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
            await TryAsync(_mustList ? ListAsync : WatchAsync, stop).ConfigureAwait(false);
    }

    public void Dispose() { }

    private async Task ListAsync(CancellationToken stop)
    {
        var page = await store.ListAsync(ObjectScope.Everything, stop: stop).ConfigureAwait(false);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var stored in page.Objects.Where(static stored => IsRead(stored.Key)))
            texts[NameOf(stored.Key)] = TextOf(stored);
        lock (_gate)
            _texts = texts;
        _revision = page.Revision;
        _mustList = false;
        Changed?.Invoke();
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        await foreach (var change in store.WatchAsync(ObjectScope.Everything, _revision, stop).ConfigureAwait(false))
        {
            var isNews = Take(change);
            _revision = change.Object.Revision;
            if (isNews)
                Changed?.Invoke();
        }
    }

    /// <returns>Whether it changes what anybody reads.</returns>
    private bool Take(ObjectChange change)
    {
        if (!IsRead(change.Object.Key))
            return false;
        var name = NameOf(change.Object.Key);
        lock (_gate)
        {
            if (change.Kind == ChangeKind.Deleted)
                return _texts.Remove(name);
            var text = TextOf(change.Object);
            if (_texts.TryGetValue(name, out var known) && known == text)
                return false;
            _texts[name] = text;
            return true;
        }
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

    /// <summary>Namespaces are the API's own: the mesh does not read them.</summary>
    private static bool IsRead(in ObjectKey key) => key is not { Group: "", Plural: "namespaces" };

    private static string NameOf(in ObjectKey key) => $"{Prefix}{key}";

    private static string TextOf(StoredObject stored)
    {
        if (JsonNode.Parse(stored.Content.Span) is not JsonObject item)
            return Encoding.UTF8.GetString(stored.Content.Span);
        (item["metadata"] as JsonObject)?.Remove("managedFields");
        // Where the whole document is the kind's, its status is something that the mesh may read, as a pod's.
        if (item.Text("kind") is { } kind && KindCatalogue.Find(stored.Key.Group, kind) is { IsWhole: false })
            item.Remove("status");
        return item.ToJsonString();
    }
}
