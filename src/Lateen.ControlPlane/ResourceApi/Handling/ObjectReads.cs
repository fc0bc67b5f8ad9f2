// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>Objects of a kind that were there at one moment.</summary>
/// <param name="Continue">Empty on the last page.</param>
internal sealed record ObjectList(long Revision, string Continue, IReadOnlyList<JsonObject> Items);

/// <summary>Gets and lists.</summary>
internal sealed class ObjectReads(IResourceStore store)
{
    /// <summary>Objects that are read at once, where selectors leave out an unknown share of them.</summary>
    private const int MinPage = 500;

    public async Task<Outcome<JsonObject>> GetAsync(ApiTarget target, CancellationToken stop)
    {
        var stored = await store.GetAsync(target.Key, stop).ConfigureAwait(false);
        return stored is null ? ApiStatus.NotFound(target, target.Name) : StoredObjects.Read(stored, target);
    }

    /// <summary>A list, or a page of it.</summary>
    public async Task<Outcome<ObjectList>> ListAsync(ApiTarget target, ListOptions options, CancellationToken stop)
    {
        ContinueToken? token = null;
        if (options.Continue.Length > 0 && (token = ContinueToken.Parse(options.Continue)) is null)
            return ApiStatus.BadRequest("the continue token is none that this API gave");
        var exact =
            options.Match == RevisionMatch.Exact
            || (options is { Match: RevisionMatch.Unset, Limit: > 0, Revision: > 0 });
        try
        {
            // No store can say how it will be.
            var now = exact ? (await store.ListAsync(target.Scope, 1, stop: stop).ConfigureAwait(false)).Revision : 0;
            if (exact && options.Revision > now)
                return TooNew(options.Revision.Value, now);
            var list = await CollectAsync(target, options, token, exact ? options.Revision ?? 0 : 0, stop)
                .ConfigureAwait(false);
            // A client has seen more than this store: it will have it soon.
            return options.Revision > list.Revision && token is null
                ? TooNew(options.Revision.Value, list.Revision)
                : list;
        }
        catch (RevisionGoneException) when (token is not null)
        {
            return ApiStatus.Expired(
                "the continue token is too old for a consistent list: begin anew, or go on with the one of this answer for the rest as it is now"
            ) with
            {
                Continue = (token with { Revision = 0 }).ToString(),
            };
        }
        catch (RevisionGoneException gone)
        {
            return ApiStatus.Expired($"The resourceVersion for the provided list is too old: {gone.Message}");
        }
    }

    private static ApiStatus TooNew(long wanted, long current) =>
        new(504, "Timeout", $"Too large resource version: {wanted}, current: {current}")
        {
            RetryAfterSeconds = 1,
            Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version", "")],
        };

    private async Task<ObjectList> CollectAsync(
        ApiTarget target,
        ListOptions options,
        ContinueToken? token,
        long exact,
        CancellationToken stop
    )
    {
        var items = new List<JsonObject>();
        var after = token?.After(target);
        var revision = token?.Revision ?? exact;
        while (true)
        {
            var size = options.Limit == 0 ? 0 : Math.Max(options.Limit - items.Count, MinPage);
            var page = await store.ListAsync(target.Scope, size, after, revision, stop).ConfigureAwait(false);
            // From here on everything is of the moment of the first page.
            revision = revision == 0 ? page.Revision : revision;
            for (var i = 0; i < page.Objects.Count; i++)
            {
                var item = StoredObjects.Read(page.Objects[i], target);
                var key = page.Objects[i].Key;
                if (!options.Selects(key.Name, key.Namespace, StoredObjects.LabelsOf(item)))
                    continue;
                items.Add(item);
                var isLast = i == page.Objects.Count - 1 && page.Continue is null;
                if (items.Count == options.Limit && !isLast)
                    return new ObjectList(
                        revision,
                        new ContinueToken(revision, key.Namespace, key.Name).ToString(),
                        items
                    );
            }
            if (page.Continue is null)
                return new ObjectList(revision, "", items);
            after = page.Continue;
        }
    }
}
