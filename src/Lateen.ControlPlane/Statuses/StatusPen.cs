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

    /// <returns>False when others kept writing the object.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async Task<bool> WriteAsync(DueStatus due, CancellationToken stop)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await store.GetAsync(due.Key, stop).ConfigureAwait(false) is not { } stored)
                return true;
            var content = JsonNode.Parse(stored.Content.Span)!.AsObject();
            var metadata = content.Member("metadata");
            // Another generation, or another object of the name: there will be another verdict.
            if (
                (metadata.Member("generation").AsNumber() ?? 0) != due.Item.Generation
                || (metadata.Text("uid") ?? "") != due.Item.Uid
            )
                return true;
            var before = content["status"] as JsonObject;
            var status = StatusDocument.With(before, due.Verdict, time.GetUtcNow());
            if (JsonNode.DeepEquals(before, status))
            {
                mirror.Take(stored);
                return true;
            }
            content["status"] = status;
            var written = await store
                .PutStatusAsync(due.Key, StoredObjects.Write(content, due.Item.Kind), stored.Revision, stop)
                .ConfigureAwait(false);
            if (written is { Status: WriteStatus.Done, Object: { } result })
                mirror.Take(result);
            if (written.Status != WriteStatus.Conflict)
                return true;
        }
        return false;
    }
}
