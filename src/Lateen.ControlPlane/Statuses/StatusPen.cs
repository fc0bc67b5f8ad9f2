// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Statuses;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Handling;

namespace Lateen.ControlPlane.Statuses;

/// <summary>Writes one status into the store. Whatever else happened to the object meanwhile stays: it is written at the revision that was read, or not.</summary>
internal sealed class StatusPen(IResourceStore store, StatusMirror mirror, TimeProvider time)
{
    private const int MaxAttempts = 3;

    /// <summary>What the store refused is not tried again before that.</summary>
    public static readonly TimeSpan Refusal = TimeSpan.FromSeconds(30);

    /// <summary>When the store refused the statuses of a kind, or the one of an object: timestamps.</summary>
    private readonly Dictionary<ObjectKey, long> _refused = [];

    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async Task<PenOutcome> WriteAsync(DueStatus due, CancellationToken stop)
    {
        if (IsRefused(KindOf(due.Key)) || IsRefused(due.Key))
            return PenOutcome.Refused;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await store.GetAsync(due.Key, stop).ConfigureAwait(false) is not { } stored)
                return PenOutcome.Done;
            var content = JsonNode.Parse(stored.Content.Span)!.AsObject();
            var metadata = content.Member("metadata");
            // Another generation, or another object of the name: there will be another verdict.
            if (
                (metadata.Member("generation").AsNumber() ?? 0) != due.Item.Generation
                || (metadata.Text("uid") ?? "") != due.Item.Uid
            )
                return PenOutcome.Done;
            var before = content["status"] as JsonObject;
            var status = StatusDocument.With(before, due.Verdict, time.GetUtcNow());
            if (JsonNode.DeepEquals(before, status))
            {
                mirror.Take(stored);
                return PenOutcome.Done;
            }
            content["status"] = status;
            var written = await store
                .PutStatusAsync(due.Key, StoredObjects.Write(content, due.Item.Kind), stored.Revision, stop)
                .ConfigureAwait(false);
            if (written is { Status: WriteStatus.Done, Object: { } result })
                mirror.Take(result);
            switch (written.Status)
            {
                case WriteStatus.Conflict:
                    continue;
                case WriteStatus.Forbidden:
                    _refused[KindOf(due.Key)] = time.GetTimestamp();
                    return PenOutcome.Refused;
                case WriteStatus.Invalid:
                    _refused[due.Key] = time.GetTimestamp();
                    return PenOutcome.Refused;
                default:
                    return PenOutcome.Done;
            }
        }
        return PenOutcome.Busy;
    }

    private bool IsRefused(ObjectKey key)
    {
        if (!_refused.TryGetValue(key, out var at))
            return false;
        if (time.GetElapsedTime(at) < Refusal)
            return true;
        _refused.Remove(key);
        return false;
    }

    /// <summary>Stands for all objects of the kind.</summary>
    private static ObjectKey KindOf(ObjectKey key) => new(key.Group, key.Plural, "", "");
}

/// <summary>How writing a status ended.</summary>
internal enum PenOutcome : byte
{
    /// <summary>It is written, or there is nothing to write it to.</summary>
    Done,

    /// <summary>Others kept writing the object.</summary>
    Busy,

    /// <summary>The store does not let us, or does not take it, and has told so.</summary>
    Refused,
}
