// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Etcd.Mvcc;
using Etcd.V3;
using Grpc.Core;
using Lateen.Config.Stores;

namespace Lateen.Stores.Etcd;

/// <summary>A watch of etcd's as changes of the store.</summary>
internal static class EtcdWatch
{
    public static async IAsyncEnumerable<ObjectChange> RunAsync(
        EtcdConnection connection,
        EtcdKeys keys,
        ObjectScope scope,
        long revision,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        var (invoker, options, member) = await connection.StreamAsync(stop).ConfigureAwait(false);
        using var call = new Watch.WatchClient(invoker).Watch(options);
        var answers = call.ResponseStream;
        await Guard(connection, member, () => call.RequestStream.WriteAsync(Request(keys, scope, revision), stop), stop)
            .ConfigureAwait(false);
        while (await Guard(connection, member, () => answers.MoveNext(stop), stop).ConfigureAwait(false))
        {
            var answer = answers.Current;
            if (answer.CompactRevision > 0)
                throw new RevisionGoneException(revision, answer.CompactRevision);
            if (answer.Canceled)
                throw new StoreUnavailableException($"etcd ended the watch: {answer.CancelReason}");
            foreach (var happened in answer.Events)
            {
                if (keys.Parse(happened.Kv.Key) is { } key && scope.Contains(key))
                    yield return ChangeOf(key, happened);
            }
        }
        connection.MoveOn(member);
        throw new StoreUnavailableException("etcd ended the watch");
    }

    /// <summary>Whether etcd refused because the revision is too old.</summary>
    public static bool IsCompacted(StoreUnavailableException failure) =>
        failure.InnerException is RpcException { StatusCode: StatusCode.OutOfRange };

    private static WatchRequest Request(EtcdKeys keys, ObjectScope scope, long revision)
    {
        var (first, end) = keys.RangeOf(scope);
        return new WatchRequest
        {
            CreateRequest = new WatchCreateRequest
            {
                Key = first,
                RangeEnd = end,
                StartRevision = revision + 1,
                PrevKv = true,
            },
        };
    }

    private static ObjectChange ChangeOf(ObjectKey key, Event happened)
    {
        var previous = happened.PrevKv is { } before ? EtcdStore.ObjectOf(key, before) : null;
        if (happened.Type == Event.Types.EventType.Put)
            return new ObjectChange(
                happened.Kv.Version == 1 ? ChangeKind.Added : ChangeKind.Modified,
                EtcdStore.ObjectOf(key, happened.Kv),
                previous
            );
        var gone = new StoredObject(key, happened.Kv.ModRevision, previous?.Content ?? default);
        return new ObjectChange(ChangeKind.Deleted, gone, previous);
    }

    private static async Task Guard(EtcdConnection connection, int member, Func<Task> step, CancellationToken stop) =>
        await Guard(
                connection,
                member,
                async () =>
                {
                    await step().ConfigureAwait(false);
                    return true;
                },
                stop
            )
            .ConfigureAwait(false);

    private static async Task<T> Guard<T>(
        EtcdConnection connection,
        int member,
        Func<Task<T>> step,
        CancellationToken stop
    )
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (RpcException failure) when (!stop.IsCancellationRequested)
        {
            connection.MoveOn(member);
            throw connection.Unavailable(failure);
        }
        catch (RpcException) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
    }
}
