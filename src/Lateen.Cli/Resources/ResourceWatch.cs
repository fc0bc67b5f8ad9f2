// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Cli.Resources;

/// <summary>
/// What is there, and then each change, until it is cancelled. A watch that the server ends is asked for again from where it was; where
/// the server has forgotten that, everything is read once more.
/// </summary>
/// <param name="accept">Objects, or tables with their rows.</param>
internal sealed class ResourceWatch(ApiClient api, ResourceQuery query, string accept)
{
    private const int Gone = 410;

    private string _revision = "";

    public async IAsyncEnumerable<JsonObject> RunAsync(
        bool isChangesOnly,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        while (true)
        {
            if (_revision.Length == 0)
            {
                foreach (var there in await ListAsync(stop).ConfigureAwait(false))
                {
                    if (!isChangesOnly)
                        yield return there;
                }
                isChangesOnly = false;
            }
            await foreach (var told in EventsAsync(stop).ConfigureAwait(false))
                yield return told;
        }
    }

    private async Task<IReadOnlyList<JsonObject>> ListAsync(CancellationToken stop)
    {
        var pages = (await query.ReadAsync(api, accept, stop).ConfigureAwait(false))
            .Select(static page => page.Object)
            .ToList();
        _revision = pages[^1].Member("metadata").Text("resourceVersion") ?? "";
        return accept == ApiClient.Table ? pages : ResourceQuery.ObjectsOf(query.Reference, pages);
    }

    private async IAsyncEnumerable<JsonObject> EventsAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var path = query.Reference.With(
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("labelSelector", query.Labels),
            ("fieldSelector", query.Fields),
            ("resourceVersion", _revision)
        );
        var (refusal, lines) = await api.StreamAsync(path, accept, stop).ConfigureAwait(false);
        if (refusal is { Code: Gone })
            _revision = "";
        if (lines is null)
        {
            if (refusal is { Code: not Gone })
                throw refusal.ToFailure();
            yield break;
        }
        using (lines)
        {
            while (await NextAsync(lines, stop).ConfigureAwait(false) is { } line)
            {
                if (JsonNode.Parse(line) is not JsonObject told || told.Member("object") is not JsonObject item)
                    continue;
                if (told.Text("type") == "ERROR")
                {
                    var error = new ApiAnswer((int)(item.Member("code").AsNumber() ?? 500), item);
                    if (error.Code != Gone)
                        throw error.ToFailure();
                    _revision = "";
                    yield break;
                }
                _revision = RevisionOf(item) is { Length: > 0 } revision ? revision : _revision;
                if (told.Text("type") != "BOOKMARK")
                    yield return item;
            }
        }
    }

    private static async Task<string?> NextAsync(StreamReader lines, CancellationToken stop)
    {
        try
        {
            return await lines.ReadLineAsync(stop).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            throw new CommandFailure(
                ExitCode.Unavailable,
                $"the server went away ({failure.Message.TrimEnd('.')}); watch again when it is back"
            );
        }
    }

    /// <summary>Of an object, or of a table's last row.</summary>
    private static string? RevisionOf(JsonObject item) =>
        item.Member("metadata").Text("resourceVersion")
        ?? item.Member("rows").Items().LastOrDefault().Member("object").Member("metadata").Text("resourceVersion");
}
