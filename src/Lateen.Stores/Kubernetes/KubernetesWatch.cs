// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Stores.Kubernetes;

/// <summary>
/// Watches one kind, request after request, since the API server ends each after some minutes. One that breaks goes on where it was; each kind
/// by itself, so that one in trouble does not hold up the others.
/// </summary>
internal sealed class KubernetesWatch(
    KubernetesApi api,
    KubernetesPaths paths,
    KubernetesNotices notices,
    TimeProvider time,
    KindSchema kind,
    string? ns,
    ChannelWriter<ObjectChange> changes
)
{
    /// <summary>What the server is asked to end a watch after, at the least; up to twice that, so that not all end at once.</summary>
    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(5);

    /// <summary>How much longer than that a server may be silent before it is taken for gone.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>How often we look whether a kind is there that was not: its definition may be installed, or the right given, after we started.</summary>
    public static readonly TimeSpan Absence = TimeSpan.FromSeconds(20);

    /// <summary>A watch that ends sooner without a word is one that failed.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    private readonly string _subject = $"watch of {KubernetesPaths.NameOf(kind)}";
    private readonly Backoff _backoff = new(time);
    private long _revision;

    /// <param name="listing">How the kind was when it was listed.</param>
    /// <exception cref="RevisionGoneException">The kind has to be listed again.</exception>
    public async Task RunAsync(KindListing listing, CancellationToken stop)
    {
        _revision = listing.Revision;
        if (listing.State != KindState.Listed)
            await AwaitKindAsync(stop).ConfigureAwait(false);
        while (true)
        {
            try
            {
                await WatchOnceAsync(stop).ConfigureAwait(false);
            }
            catch (StoreUnavailableException trouble)
            {
                notices.Tell(_subject, $"{trouble.Message}; it is asked again, and what was read so far holds");
                _backoff.Failed();
            }
            await _backoff.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>Comes to an end when the kind is there: what there is of it was never listed.</summary>
    private async Task AwaitKindAsync(CancellationToken stop)
    {
        var lists = new KubernetesLists(api, paths);
        while (true)
        {
            await Task.Delay(Absence, time, stop).ConfigureAwait(false);
            try
            {
                if ((await lists.ProbeAsync(kind, ns, stop).ConfigureAwait(false)).State == KindState.Listed)
                    throw Gone();
            }
            catch (StoreUnavailableException)
            {
                // Those kinds that are there say so.
            }
        }
    }

    private async Task WatchOnceAsync(CancellationToken stop)
    {
        var length = s_length * (1 + RandomNumberGenerator.GetInt32(1000) / 1000.0);
        var path =
            $"{paths.Collection(kind, ns)}?watch=1&allowWatchBookmarks=true&resourceVersion={_revision}"
            + $"&timeoutSeconds={length.TotalSeconds:0}";
        var began = time.GetTimestamp();
        using var answer = await api.OpenAsync(path, stop).ConfigureAwait(false);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK:
                break;
            // No longer there, or not in this version: the list finds out.
            case HttpStatusCode.Gone or HttpStatusCode.NotFound:
                throw Gone();
            case HttpStatusCode.Forbidden:
                var why = (await api.ReadAsync(answer, stop).ConfigureAwait(false)).Message;
                notices.Tell(_subject, KubernetesRules.ReadMissing(kind, why));
                await Task.Delay(Absence, time, stop).ConfigureAwait(false);
                return;
            default:
                var answered = await api.ReadAsync(answer, stop).ConfigureAwait(false);
                throw new StoreUnavailableException(
                    $"the API server does not let {KubernetesPaths.NameOf(kind)} be watched: {answered.Message}"
                );
        }
        notices.Clear(_subject);
        var hasEvents = await ReadAsync(answer, length + s_patience, stop).ConfigureAwait(false);
        if (hasEvents || time.GetElapsedTime(began) >= s_shortest)
            _backoff.Succeeded();
        else
            _backoff.Failed();
    }

    /// <returns>Whether there were any events.</returns>
    private async Task<bool> ReadAsync(HttpResponseMessage answer, TimeSpan patience, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var hasEvents = false;
        try
        {
            using var lines = new StreamReader(
                await answer.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false)
            );
            while (await lines.ReadLineAsync(both.Token).ConfigureAwait(false) is { } line)
            {
                _revision = await TellAsync(JsonNode.Parse(line), stop).ConfigureAwait(false);
                hasEvents = true;
                _backoff.Succeeded();
            }
            return hasEvents;
        }
        catch (Exception failure)
            when (failure is HttpRequestException or IOException or JsonException
                || (failure is OperationCanceledException && !stop.IsCancellationRequested)
            )
        {
            throw api.Unreachable(failure);
        }
    }

    /// <summary>Passes an event on; returns where the next watch begins.</summary>
    private async ValueTask<long> TellAsync(JsonNode? happened, CancellationToken stop)
    {
        var content = happened.Member("object");
        switch (happened.Text("type"))
        {
            case "BOOKMARK":
                return KubernetesObjects.RevisionOf(content);
            case "ERROR":
                throw content.Member("code").AsNumber() == (int)HttpStatusCode.Gone
                    ? Gone()
                    : new StoreUnavailableException(
                        $"the API server ended the watch of {KubernetesPaths.NameOf(kind)}: {content.Text("message")}"
                    );
            case var type:
                var stored = KubernetesObjects.Of(kind, content);
                await changes.WriteAsync(new ObjectChange(KindOf(type), stored, null), stop).ConfigureAwait(false);
                return stored.Revision;
        }
    }

    private RevisionGoneException Gone() => new(_revision, _revision + 1);

    private static ChangeKind KindOf(string? type) =>
        type switch
        {
            "ADDED" => ChangeKind.Added,
            "MODIFIED" => ChangeKind.Modified,
            "DELETED" => ChangeKind.Deleted,
            _ => throw new JsonException($"it tells of an event \"{type}\""),
        };
}
