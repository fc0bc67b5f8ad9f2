// SPDX-License-Identifier: Apache-2.0
using Etcd.V3;
using Google.Protobuf;
using Lateen.Config.Stores;

namespace Lateen.Stores.Etcd;

/// <summary>
/// The store of several control planes: an etcd (v3). Its revisions are the store's, so that all of them see the same writes in
/// the same order. What etcd has acknowledged is with most of its members, on disk.
/// </summary>
public sealed class EtcdStore(EtcdOptions options, TimeProvider time) : IResourceStore, IDisposable
{
    /// <summary>One answer holds at most so many objects: more would make a message too large for etcd's limits.</summary>
    private const int PageSize = 500;

    private readonly EtcdConnection _connection = new(options, time);
    private readonly EtcdKeys _keys = new(options.Prefix);

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public string Location { get; } =
        $"etcd://{string.Join(',', options.Endpoints.Select(static at => at.Authority))}{options.Prefix}";

    public async ValueTask<StoredObject?> GetAsync(ObjectKey key, CancellationToken stop = default)
    {
        var range = await RangeAsync(new RangeRequest { Key = _keys.Of(key) }, stop).ConfigureAwait(false);
        return range.Kvs.Count == 0 ? null : ObjectOf(key, range.Kvs[0]);
    }

    public async ValueTask<ObjectPage> ListAsync(
        ObjectScope scope,
        int limit = 0,
        ObjectKey? after = null,
        long revision = 0,
        CancellationToken stop = default
    )
    {
        var (first, end) = _keys.RangeOf(scope);
        if (after is { } last)
            first = Next(_keys.Of(last));
        var found = new List<StoredObject>();
        while (true)
        {
            var request = new RangeRequest
            {
                Key = first,
                RangeEnd = end,
                Revision = revision,
                Limit = limit == 0 ? PageSize : Math.Min(PageSize, limit + 1),
            };
            var range = await RangeAsync(request, stop).ConfigureAwait(false);
            // Every page is of the first one's moment.
            revision = revision == 0 ? range.Header.Revision : revision;
            foreach (var pair in range.Kvs)
            {
                if (_keys.Parse(pair.Key) is { } key && scope.Contains(key))
                    found.Add(ObjectOf(key, pair));
            }
            if (limit > 0 && (found.Count > limit || (found.Count == limit && range.More)))
                return new ObjectPage(revision, found[..limit], found[limit - 1].Key);
            if (!range.More)
                return new ObjectPage(revision, found);
            first = Next(range.Kvs[^1].Key);
        }
    }

    public IAsyncEnumerable<ObjectChange> WatchAsync(
        ObjectScope scope,
        long revision,
        CancellationToken stop = default
    ) => EtcdWatch.RunAsync(_connection, _keys, scope, revision, stop);

    public async ValueTask<WriteOutcome> PutAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        long? expected,
        CancellationToken stop = default
    )
    {
        var etcdKey = _keys.Of(key);
        var put = new RequestOp
        {
            RequestPut = new PutRequest { Key = etcdKey, Value = ByteString.CopyFrom(content.Span) },
        };
        var answer = await TryAsync(etcdKey, expected, put, stop).ConfigureAwait(false);
        return answer.Succeeded
            ? new WriteOutcome(WriteStatus.Done, new StoredObject(key, answer.Header.Revision, content))
            : Refused(key, expected, answer);
    }

    public async ValueTask<WriteOutcome> DeleteAsync(ObjectKey key, long? expected, CancellationToken stop = default)
    {
        var etcdKey = _keys.Of(key);
        var delete = new RequestOp
        {
            RequestDeleteRange = new DeleteRangeRequest { Key = etcdKey, PrevKv = true },
        };
        var answer = await TryAsync(etcdKey, expected, delete, stop).ConfigureAwait(false);
        if (!answer.Succeeded)
            return Refused(key, expected, answer);
        var was = ObjectOf(key, answer.Responses[0].ResponseDeleteRange.PrevKvs[0]);
        return new WriteOutcome(WriteStatus.Done, was with { Revision = answer.Header.Revision });
    }

    public void Dispose() => _connection.Dispose();

    internal static StoredObject ObjectOf(ObjectKey key, global::Etcd.Mvcc.KeyValue pair) =>
        new(key, pair.ModRevision, pair.Value.Memory);

    /// <summary>The least text greater than a key.</summary>
    private static ByteString Next(ByteString key) => ByteString.CopyFrom([.. key.Span, 0]);

    /// <summary>Writes if the object is as expected; else finds out how it is. Both in one transaction of etcd's.</summary>
    private Task<TxnResponse> TryAsync(ByteString key, long? expected, RequestOp write, CancellationToken stop)
    {
        var transaction = new TxnRequest
        {
            Compare = { Condition(key, expected) },
            Success = { write },
            Failure = { new RequestOp { RequestRange = new RangeRequest { Key = key } } },
        };
        return _connection.CallAsync(
            (invoker, call) => new KV.KVClient(invoker).TxnAsync(transaction, call),
            mayRepeat: false,
            stop
        );
    }

    private static Compare Condition(ByteString key, long? expected) =>
        expected is null
            // Any version but 0, which one that is not there has.
            ? new Compare
            {
                Key = key,
                Target = Compare.Types.CompareTarget.Version,
                Result = Compare.Types.CompareResult.Greater,
                Version = 0,
            }
            // etcd says 0 for one that is not there.
            : new Compare
            {
                Key = key,
                Target = Compare.Types.CompareTarget.Mod,
                Result = Compare.Types.CompareResult.Equal,
                ModRevision = expected.Value,
            };

    private static WriteOutcome Refused(ObjectKey key, long? expected, TxnResponse answer)
    {
        var found = answer.Responses[0].ResponseRange.Kvs;
        var current = found.Count == 0 ? null : ObjectOf(key, found[0]);
        return new WriteOutcome(Preconditions.Refusal(current, expected) ?? WriteStatus.Conflict, current);
    }

    private async Task<RangeResponse> RangeAsync(RangeRequest request, CancellationToken stop)
    {
        try
        {
            return await _connection
                .CallAsync((invoker, call) => new KV.KVClient(invoker).RangeAsync(request, call), mayRepeat: true, stop)
                .ConfigureAwait(false);
        }
        catch (StoreUnavailableException failure) when (EtcdWatch.IsCompacted(failure))
        {
            throw new RevisionGoneException(request.Revision, request.Revision + 1);
        }
    }
}
