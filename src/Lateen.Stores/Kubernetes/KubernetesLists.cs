// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Stores.Kubernetes;

/// <summary>Lists of single kinds, page after page.</summary>
internal sealed class KubernetesLists(KubernetesApi api, KubernetesPaths paths)
{
    private const int PageSize = 500;

    /// <summary>Adds the objects of a kind.</summary>
    /// <exception cref="StoreUnavailableException">The server cannot be reached, or does not answer as it should.</exception>
    public async Task<KindListing> ReadAsync(
        KindSchema kind,
        string? ns,
        List<StoredObject> objects,
        CancellationToken stop
    )
    {
        foreach (var version in paths.VersionsOf(kind))
        {
            var path = KubernetesPaths.Collection(kind, version, ns);
            var listing = await ReadPagesAsync(kind, path, objects, stop).ConfigureAwait(false);
            if (listing.State == KindState.Absent)
                continue;
            paths.Serve(kind, version);
            return listing;
        }
        return KindListing.Absent;
    }

    /// <summary>Whether a kind that could not be listed can be now.</summary>
    public async Task<KindListing> ProbeAsync(KindSchema kind, string? ns, CancellationToken stop)
    {
        foreach (var version in paths.VersionsOf(kind))
        {
            var path = $"{KubernetesPaths.Collection(kind, version, ns)}?limit=1";
            var answer = await api.SendAsync(HttpMethod.Get, path, default, stop).ConfigureAwait(false);
            if (answer.Status == HttpStatusCode.Forbidden)
                return KindListing.Forbidden(answer.Message);
            if (answer.Status == HttpStatusCode.OK)
                return new KindListing(KindState.Listed, RevisionOf(kind, answer));
        }
        return KindListing.Absent;
    }

    private async Task<KindListing> ReadPagesAsync(
        KindSchema kind,
        string path,
        List<StoredObject> objects,
        CancellationToken stop
    )
    {
        var (begin, limit, next) = (objects.Count, $"?limit={PageSize}", "");
        while (true)
        {
            var query = next.Length > 0 ? $"{limit}&continue={Uri.EscapeDataString(next)}" : limit;
            var answer = await api.SendAsync(HttpMethod.Get, path + query, default, stop).ConfigureAwait(false);
            switch (answer.Status)
            {
                case HttpStatusCode.OK:
                    break;
                case HttpStatusCode.NotFound:
                    return KindListing.Absent;
                case HttpStatusCode.Forbidden:
                    return KindListing.Forbidden(answer.Message);
                // Listing took longer than the server remembers how it was at the first page: all at once then, as client-go does.
                case HttpStatusCode.Gone when next.Length > 0:
                    objects.RemoveRange(begin, objects.Count - begin);
                    (limit, next) = ("", "");
                    continue;
                default:
                    throw new StoreUnavailableException(
                        $"the API server does not list {KubernetesPaths.NameOf(kind)}: {answer.Message}"
                    );
            }
            var revision = RevisionOf(kind, answer);
            Add(kind, answer.Content, objects);
            next = answer.Content.Member("metadata").Text("continue") ?? "";
            if (next.Length == 0)
                return new KindListing(KindState.Listed, revision);
        }
    }

    private static void Add(KindSchema kind, JsonNode? list, List<StoredObject> objects)
    {
        try
        {
            foreach (var item in list.Member("items").Items())
                objects.Add(KubernetesObjects.Of(kind, item));
        }
        catch (JsonException failure)
        {
            throw Malformed(kind, failure);
        }
    }

    private static long RevisionOf(KindSchema kind, KubernetesAnswer answer)
    {
        try
        {
            return KubernetesObjects.RevisionOf(answer.Content);
        }
        catch (JsonException failure)
        {
            throw Malformed(kind, failure);
        }
    }

    /// <summary>Whoever answers so is no API server; an empty list it is not.</summary>
    private static StoreUnavailableException Malformed(KindSchema kind, JsonException failure) =>
        new($"the API server's list of {KubernetesPaths.NameOf(kind)} is none: {failure.Message}", failure);
}

/// <summary>Whether a kind could be listed.</summary>
internal enum KindState : byte
{
    Listed,

    /// <summary>The cluster has no such kind: its definition is not installed, so there is none of it.</summary>
    Absent,

    /// <summary>We have no right to it: what there is of it is not known.</summary>
    Forbidden,
}

/// <summary>How listing a kind ended.</summary>
/// <param name="Revision">That the list is of; 0 where there is none.</param>
/// <param name="Why">The server's words, where it forbids it.</param>
internal sealed record KindListing(KindState State, long Revision, string Why = "")
{
    public static KindListing Absent { get; } = new(KindState.Absent, 0);

    public static KindListing Forbidden(string why) => new(KindState.Forbidden, 0, why);
}
