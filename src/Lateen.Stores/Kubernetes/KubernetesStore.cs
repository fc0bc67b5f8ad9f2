// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;
using Lateen.Stores.Kubernetes.Access;

namespace Lateen.Stores.Kubernetes;

/// <summary>
/// The API server of a cluster as the store, for the kinds that the mesh reads. Its revisions are one line for all kinds, yet it
/// lists and watches each kind by itself: a scope of several kinds is as of the oldest of their lists, changes come in order within a
/// kind. What an object was before a change it does not tell. A watch goes on by itself when the server was away.
/// </summary>
public sealed class KubernetesStore : IResourceStore, IDisposable
{
    /// <summary>Changes that wait to be taken.</summary>
    private const int Waiting = 500;

    private readonly KubernetesApi _api;
    private readonly KubernetesPaths _paths;
    private readonly KubernetesLists _lists;
    private readonly KubernetesMoments _moments = new();
    private readonly KubernetesNotices _notices = new();
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;

    public KubernetesStore(ClusterAccess access, IEnumerable<KindSchema> kinds, TimeProvider time)
    {
        _time = time;
        Location = access.Server.ToString();
        _api = new KubernetesApi(access, time);
        _paths = new KubernetesPaths(kinds);
        _lists = new KubernetesLists(_api, _paths);
        _backoff = new Backoff(time);
    }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public event Action<string>? Warned
    {
        add => _notices.Told += value;
        remove => _notices.Told -= value;
    }

    public async ValueTask<StoredObject?> GetAsync(ObjectKey key, CancellationToken stop = default)
    {
        var answer = await _api.SendAsync(HttpMethod.Get, _paths.Object(key), default, stop).ConfigureAwait(false);
        return answer.Status switch
        {
            HttpStatusCode.OK => ObjectOf(key, answer),
            HttpStatusCode.NotFound => null,
            HttpStatusCode.Forbidden => throw new StoreUnavailableException(
                KubernetesRules.ReadMissing(_paths.KindOf(key), answer.Message)
            ),
            _ => throw Untaken(key, answer),
        };
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Of several kinds those that the cluster does not have are empty, and those that it forbids are <see cref="ObjectPage.Unread"/>. The
    /// revision says which list a watch goes on from: each kind where its own list ended.
    /// </remarks>
    public async ValueTask<ObjectPage> ListAsync(
        ObjectScope scope,
        int limit = 0,
        ObjectKey? after = null,
        long revision = 0,
        CancellationToken stop = default
    )
    {
        if (after is { } last && revision > 0)
            return _moments.Continue(scope, revision, last, limit);
        if (scope.Plural is not null)
            return await ListKindsAsync(scope, limit, after, stop).ConfigureAwait(false);
        await _backoff.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var page = await ListKindsAsync(scope, limit, after, stop).ConfigureAwait(false);
            _backoff.Succeeded();
            return page;
        }
        catch (StoreUnavailableException)
        {
            _backoff.Failed();
            throw;
        }
    }

    public async IAsyncEnumerable<ObjectChange> WatchAsync(
        ObjectScope scope,
        long revision,
        [EnumeratorCancellation] CancellationToken stop = default
    )
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var changes = Channel.CreateBounded<ObjectChange>(Waiting);
        var watches = _paths
            .In(scope)
            .Select(kind =>
                new KubernetesWatch(_api, _paths, _notices, _time, kind, scope.Namespace, changes.Writer).RunAsync(
                    _moments.Find(scope, revision, kind),
                    all.Token
                )
            )
            .ToArray();
        // The first that ends ends all: whoever watches begins again with every kind.
        _ = Task.WhenAny(watches)
            .Unwrap()
            .ContinueWith(
                ended => changes.Writer.TryComplete(ended.Exception?.InnerException),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        try
        {
            await foreach (var change in changes.Reader.ReadAllAsync(stop).ConfigureAwait(false))
                yield return change;
        }
        finally
        {
            await all.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

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
        if (answer.Status == HttpStatusCode.NotFound && await GetAsync(key, stop).ConfigureAwait(false) is not null)
            answer = await _api.SendAsync(HttpMethod.Put, _paths.Object(key), body, stop).ConfigureAwait(false);
        var (kind, subject) = (_paths.KindOf(key), $"status of {key.Plural}.{key.Group}");
        switch (answer.Status)
        {
            case HttpStatusCode.Forbidden:
                _notices.Tell(subject, KubernetesRules.Missing(kind, answer.Message, "update", "status"));
                return new WriteOutcome(WriteStatus.Forbidden, null);
            case HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity:
                _notices.Tell(
                    $"status of {key}",
                    $"the API server does not take the status of {key}: {answer.Message}"
                );
                return new WriteOutcome(WriteStatus.Invalid, null);
            default:
                _notices.Clear(subject);
                _notices.Clear($"status of {key}");
                return await OutcomeAsync(key, answer, stop).ConfigureAwait(false);
        }
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

    private async ValueTask<ObjectPage> ListKindsAsync(
        ObjectScope scope,
        int limit,
        ObjectKey? after,
        CancellationToken stop
    )
    {
        var objects = new List<StoredObject>();
        var listings = new Dictionary<KindSchema, KindListing>();
        foreach (var kind in _paths.In(scope))
        {
            var listing = await _lists.ReadAsync(kind, scope.Namespace, objects, stop).ConfigureAwait(false);
            // Whoever asks for that kind alone is not served with nothing.
            if (listing.State == KindState.Forbidden && scope.Plural is not null)
                throw new StoreUnavailableException(KubernetesRules.ReadMissing(kind, listing.Why));
            listings.Add(kind, listing);
        }
        if (scope.Plural is null)
            TellOf(listings);
        objects.Sort(static (x, y) => KeyOrder.Instance.Compare(x.Key, y.Key));
        if (after is { } last)
            objects.RemoveAll(stored => KeyOrder.Instance.Compare(stored.Key, last) <= 0);
        var oldest = listings
            .Values.Where(static listing => listing.State == KindState.Listed)
            .Select(static listing => listing.Revision)
            .DefaultIfEmpty()
            .Min();
        return _moments.Add(scope, oldest, listings, objects, limit);
    }

    private void TellOf(Dictionary<KindSchema, KindListing> listings)
    {
        foreach (var (kind, listing) in listings)
        {
            if (listing.State == KindState.Forbidden)
                _notices.Tell(KubernetesPaths.NameOf(kind), KubernetesRules.ReadMissing(kind, listing.Why));
            else
                _notices.Clear(KubernetesPaths.NameOf(kind));
        }
        var absent = listings
            .Where(static one => one.Value.State == KindState.Absent)
            .Select(static one => KubernetesPaths.NameOf(one.Key))
            .Order(StringComparer.Ordinal)
            .ToArray();
        const string subject = "kinds";
        if (absent.Length == 0)
            _notices.Clear(subject);
        else
            _notices.Tell(
                subject,
                $"the cluster does not have {string.Join(", ", absent)}: they are looked for every {KubernetesWatch.Absence.TotalSeconds:0} s"
            );
    }

    private async ValueTask<WriteOutcome> CreateAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        CancellationToken stop
    )
    {
        var body = KubernetesObjects.ToSend(content, 0);
        var answer = await _api.SendAsync(HttpMethod.Post, _paths.Collection(key), body, stop).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.NotFound && answer.Subject == "namespaces")
            throw new StoreUnavailableException(
                $"{key} cannot be created: {answer.Message}; create the namespace {key.Namespace}"
            );
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
            HttpStatusCode.Forbidden => throw new StoreUnavailableException(
                KubernetesRules.Missing(_paths.KindOf(key), answer.Message, "create update delete")
            ),
            _ => throw Untaken(key, answer),
        };

    private static StoreUnavailableException Untaken(ObjectKey key, KubernetesAnswer answer) =>
        new($"the API server does not take {key}: {answer.Message}");

    private StoredObject ObjectOf(ObjectKey key, KubernetesAnswer answer)
    {
        try
        {
            return KubernetesObjects.Of(_paths.KindOf(key), answer.Content);
        }
        catch (JsonException failure)
        {
            throw new StoreUnavailableException($"the API server's {key} is none: {failure.Message}", failure);
        }
    }
}
