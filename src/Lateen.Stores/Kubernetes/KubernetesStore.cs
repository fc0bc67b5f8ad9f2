// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using k8s;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Stores.Kubernetes;

/// <summary>
/// The API server of a cluster as the store, for the kinds that the mesh reads. Its revisions are one line for all kinds, yet it
/// lists and watches each kind by itself: a scope of several kinds is as of the oldest of their lists, changes come in order within a
/// kind, and one that a list had already may be told again. What an object was before a change it does not tell.
/// </summary>
public sealed class KubernetesStore(KubernetesClientConfiguration configuration, IEnumerable<KindSchema> kinds)
    : IResourceStore,
        IDisposable
{
    private const int PageSize = 500;

    private readonly KubernetesApi _api = new(configuration);
    private readonly KubernetesPaths _paths = new(kinds);

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public string Location { get; } = configuration.Host;

    public async ValueTask<StoredObject?> GetAsync(ObjectKey key, CancellationToken stop = default)
    {
        var answer = await _api.SendAsync(HttpMethod.Get, _paths.Object(key), default, stop).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.OK ? ObjectOf(key, answer) : null;
    }

    /// <inheritdoc/>
    /// <remarks>Pages are for the API that clients talk to, which here is the API server's own.</remarks>
    public async ValueTask<ObjectPage> ListAsync(
        ObjectScope scope,
        int limit = 0,
        ObjectKey? after = null,
        long revision = 0,
        CancellationToken stop = default
    )
    {
        var objects = new List<StoredObject>();
        var oldest = long.MaxValue;
        foreach (var kind in _paths.In(scope))
            oldest = Math.Min(oldest, await ListAsync(kind, scope.Namespace, objects, stop).ConfigureAwait(false));
        objects.Sort(static (x, y) => KeyOrder.Instance.Compare(x.Key, y.Key));
        if (after is { } last)
            objects.RemoveAll(stored => KeyOrder.Instance.Compare(stored.Key, last) <= 0);
        var at = oldest == long.MaxValue ? 0 : oldest;
        return limit > 0 && objects.Count > limit
            ? new ObjectPage(at, objects[..limit], objects[limit - 1].Key)
            : new ObjectPage(at, objects);
    }

    public async IAsyncEnumerable<ObjectChange> WatchAsync(
        ObjectScope scope,
        long revision,
        [EnumeratorCancellation] CancellationToken stop = default
    )
    {
        var watched = _paths.In(scope).ToArray();
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var changes = Channel.CreateBounded<ObjectChange>(PageSize);
        var watches = watched
            .Select(kind => KubernetesWatch.RunAsync(_api, kind, scope.Namespace, revision, changes.Writer, all.Token))
            .ToArray();
        // The first that ends ends all: whoever watches begins again with every kind.
        var first = Task.WhenAny(watches).Unwrap();
        _ = first.ContinueWith(
            ended => changes.Writer.TryComplete(ReasonOf(ended.Exception?.InnerException, watched.Length, revision)),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        try
        {
            await foreach (var change in changes.Reader.ReadAllAsync(stop).ConfigureAwait(false))
                yield return change;
            throw new StoreUnavailableException("the API server ended the watch");
        }
        finally
        {
            await all.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Of a watch that broke. Each kind is told of in its own order, so the last revision that was told does not say how far the other kinds
    /// were: whoever watched several lists again.
    /// </summary>
    private static Exception? ReasonOf(Exception? failure, int watched, long revision) =>
        failure is StoreUnavailableException && watched > 1
            ? new RevisionGoneException(revision, revision, failure)
            : failure;

    public async ValueTask<WriteOutcome> PutAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        long? expected,
        CancellationToken stop = default
    )
    {
        if (expected == 0)
            return await CreateAsync(key, content, stop).ConfigureAwait(false);
        while (true)
        {
            var revision = expected;
            // Custom resources cannot be replaced without a revision, so we take the one there is.
            if (revision is null)
            {
                if (await GetAsync(key, stop).ConfigureAwait(false) is not { } current)
                    return new WriteOutcome(WriteStatus.NotFound, null);
                revision = current.Revision;
            }
            var body = KubernetesObjects.ToSend(content, revision.Value);
            var answer = await _api.SendAsync(HttpMethod.Put, _paths.Object(key), body, stop).ConfigureAwait(false);
            if (answer.Status != HttpStatusCode.Conflict || expected is not null)
                return await OutcomeAsync(key, answer, stop).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Where the kind has no status of its own, it is a field as any other.</remarks>
    public async ValueTask<WriteOutcome> PutStatusAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        long expected,
        CancellationToken stop = default
    )
    {
        var body = KubernetesObjects.ToSend(content, expected);
        var path = $"{_paths.Object(key)}/status";
        var answer = await _api.SendAsync(HttpMethod.Put, path, body, stop).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.NotFound
            ? await PutAsync(key, content, expected, stop).ConfigureAwait(false)
            : await OutcomeAsync(key, answer, stop).ConfigureAwait(false);
    }

    public async ValueTask<WriteOutcome> DeleteAsync(ObjectKey key, long? expected, CancellationToken stop = default)
    {
        if (await GetAsync(key, stop).ConfigureAwait(false) is not { } current)
            return new WriteOutcome(WriteStatus.NotFound, null);
        if (Preconditions.Refusal(current, expected) is { } refusal)
            return new WriteOutcome(refusal, current);
        var options = new JsonObject();
        if (expected is not null)
            options["preconditions"] = new JsonObject
            {
                ["resourceVersion"] = expected.Value.ToString(CultureInfo.InvariantCulture),
            };
        var body = Encoding.UTF8.GetBytes(options.ToJsonString());
        var answer = await _api.SendAsync(HttpMethod.Delete, _paths.Object(key), body, stop).ConfigureAwait(false);
        return answer.Status is HttpStatusCode.OK or HttpStatusCode.Accepted
            ? new WriteOutcome(WriteStatus.Done, current)
            : await OutcomeAsync(key, answer, stop).ConfigureAwait(false);
    }

    public void Dispose() => _api.Dispose();

    private async ValueTask<WriteOutcome> CreateAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        CancellationToken stop
    )
    {
        var body = KubernetesObjects.ToSend(content, 0);
        var answer = await _api.SendAsync(HttpMethod.Post, _paths.Collection(key), body, stop).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.Conflict
            ? new WriteOutcome(WriteStatus.Exists, await GetAsync(key, stop).ConfigureAwait(false))
            : await OutcomeAsync(key, answer, stop).ConfigureAwait(false);
    }

    private async ValueTask<WriteOutcome> OutcomeAsync(
        ObjectKey key,
        KubernetesAnswer answer,
        CancellationToken stop
    ) =>
        answer.Status switch
        {
            HttpStatusCode.OK or HttpStatusCode.Created => new WriteOutcome(WriteStatus.Done, ObjectOf(key, answer)),
            HttpStatusCode.NotFound => new WriteOutcome(WriteStatus.NotFound, null),
            HttpStatusCode.Conflict => new WriteOutcome(
                WriteStatus.Conflict,
                await GetAsync(key, stop).ConfigureAwait(false)
            ),
            _ => throw new StoreUnavailableException(
                $"the API server does not take {key}: {(string?)answer.Content?["message"] ?? answer.Status.ToString()}"
            ),
        };

    private StoredObject ObjectOf(ObjectKey key, KubernetesAnswer answer) =>
        KubernetesObjects.Of(_paths.In(new ObjectScope(key.Group, key.Plural)).First(), answer.Content!);

    /// <summary>Adds the objects of a kind; returns the revision they are of.</summary>
    private async Task<long> ListAsync(KindSchema kind, string? ns, List<StoredObject> objects, CancellationToken stop)
    {
        var path = KubernetesPaths.Collection(kind, ns);
        for (var next = ""; ; )
        {
            var query = $"?limit={PageSize}{(next.Length > 0 ? $"&continue={Uri.EscapeDataString(next)}" : "")}";
            var answer = await _api.SendAsync(HttpMethod.Get, path + query, default, stop).ConfigureAwait(false);
            if (answer.Status == HttpStatusCode.Gone)
                throw new RevisionGoneException(0, 0);
            // The cluster has no such kind: its definition is not installed, so there is none of it.
            if (answer.Status == HttpStatusCode.NotFound || answer.Content is null)
                return long.MaxValue;
            foreach (var item in answer.Content["items"]?.AsArray() ?? [])
                objects.Add(KubernetesObjects.Of(kind, item!));
            next = (string?)answer.Content["metadata"]?["continue"] ?? "";
            if (next.Length == 0)
                return KubernetesObjects.RevisionOf(answer.Content);
        }
    }
}
