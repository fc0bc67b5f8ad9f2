// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Stores.Kubernetes;

/// <summary>Watches one kind, request after request, since the API server ends each after some minutes.</summary>
internal static class KubernetesWatch
{
    /// <summary>What the server is asked to end a watch after.</summary>
    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(5);

    /// <summary>How much longer than that a server may be silent before it is taken for gone.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>How often we look whether a kind is there that was not: its definition may be installed after we started.</summary>
    private static readonly TimeSpan s_absence = TimeSpan.FromSeconds(30);

    /// <exception cref="RevisionGoneException">The server no longer knows what happened since the revision.</exception>
    /// <exception cref="StoreUnavailableException">The server cannot be reached.</exception>
    public static async Task RunAsync(
        KubernetesApi api,
        KindSchema kind,
        string? ns,
        long revision,
        ChannelWriter<ObjectChange> changes,
        CancellationToken stop
    )
    {
        while (true)
        {
            var path =
                $"{KubernetesPaths.Collection(kind, ns)}?watch=1&allowWatchBookmarks=true&resourceVersion={revision}"
                + $"&timeoutSeconds={s_length.TotalSeconds:0}";
            using var answer = await api.OpenAsync(path, stop).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.Gone)
                throw new RevisionGoneException(revision, revision + 1);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                // All of it will be newer than the revision.
                await Task.Delay(s_absence, stop).ConfigureAwait(false);
                continue;
            }
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(s_length + s_patience);
            try
            {
                using var lines = new StreamReader(
                    await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false)
                );
                while (await lines.ReadLineAsync(limit.Token).ConfigureAwait(false) is { } line)
                    revision = await TellAsync(kind, JsonNode.Parse(line)!, revision, changes, stop)
                        .ConfigureAwait(false);
            }
            catch (Exception failure)
                when (failure is HttpRequestException or IOException or JsonException
                    || (failure is OperationCanceledException && !stop.IsCancellationRequested)
                )
            {
                throw api.Unreachable(failure);
            }
        }
    }

    /// <summary>Passes an event on; returns where the next watch begins.</summary>
    private static async ValueTask<long> TellAsync(
        KindSchema kind,
        JsonNode happened,
        long revision,
        ChannelWriter<ObjectChange> changes,
        CancellationToken stop
    )
    {
        var content = happened["object"]!;
        switch ((string?)happened["type"])
        {
            case "BOOKMARK":
                return KubernetesObjects.RevisionOf(content);
            case "ERROR":
                throw (int?)content["code"] == (int)HttpStatusCode.Gone
                    ? new RevisionGoneException(revision, revision + 1)
                    : new StoreUnavailableException($"the API server ended the watch: {(string?)content["message"]}");
            case var type:
                var stored = KubernetesObjects.Of(kind, content);
                await changes.WriteAsync(new ObjectChange(KindOf(type), stored, null), stop).ConfigureAwait(false);
                return stored.Revision;
        }
    }

    private static ChangeKind KindOf(string? type) =>
        type switch
        {
            "ADDED" => ChangeKind.Added,
            "MODIFIED" => ChangeKind.Modified,
            "DELETED" => ChangeKind.Deleted,
            _ => throw new StoreUnavailableException($"the API server tells of an event \"{type}\""),
        };
}
