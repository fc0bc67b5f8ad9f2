// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Clusters;

/// <summary>The objects of a cluster, of all its kinds, with one line of revisions.</summary>
internal sealed class ClusterObjects
{
    private const string Broken = "";

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Group, string Version, string Plural), ClusterKind> _kinds = [];
    private long _revision = 100;

    /// <summary>The latest.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
                return _revision;
        }
    }

    /// <summary>A definition of the kind is there from now on.</summary>
    /// <param name="version">Null for the first.</param>
    public void Install(KindSchema kind, string? version = null)
    {
        lock (_gate)
        {
            var installed = new ClusterKind(kind.Name);
            // What came before it was there is not in its history.
            installed.Forget(++_revision);
            _kinds[(kind.Group, version ?? kind.Versions[0], kind.Plural)] = installed;
        }
    }

    public bool Has(ClusterRequest request)
    {
        lock (_gate)
            return _kinds.ContainsKey((request.Group, request.Version, request.Plural));
    }

    /// <summary>Writes an object, by whoever else is in the cluster; returns its revision.</summary>
    public long Put(KindSchema kind, string name, JsonObject content)
    {
        lock (_gate)
        {
            Find(kind).Put(kind.IsClusterScoped ? "" : "default", name, content, ++_revision);
            return _revision;
        }
    }

    public void Remove(KindSchema kind, string name)
    {
        lock (_gate)
            Find(kind).Remove("default", name, ++_revision);
    }

    public JsonObject? Get(KindSchema kind, string name)
    {
        lock (_gate)
            return Find(kind).Find(kind.IsClusterScoped ? "" : "default", name)?.DeepClone().AsObject();
    }

    /// <summary>Time goes by elsewhere, and the server no longer knows what came before.</summary>
    public void Forget(KindSchema kind)
    {
        lock (_gate)
            Find(kind).Forget(_revision += 10);
    }

    /// <summary>Says to all that watch where they are.</summary>
    public long Bookmark(KindSchema kind)
    {
        lock (_gate)
        {
            _revision += 10;
            var revision = _revision.ToString(CultureInfo.InvariantCulture);
            Send(
                kind,
                $$$$"""{"type":"BOOKMARK","object":{"kind":"{{{{kind.Name}}}}","apiVersion":"{{{{kind.ApiVersion(kind.Versions[0])}}}}","metadata":{"resourceVersion":"{{{{revision}}}}","creationTimestamp":null},"spec":{}}}"""
            );
            return _revision;
        }
    }

    /// <summary>A line to all that watch; null ends their watches as after their time.</summary>
    public void Send(KindSchema kind, string? line)
    {
        lock (_gate)
            Find(kind).Send(line);
    }

    /// <summary>The connections of all that watch break.</summary>
    public void Break(KindSchema kind) => Send(kind, Broken);

    public void EndWatches()
    {
        lock (_gate)
        {
            foreach (var kind in _kinds.Values)
                kind.Send(null);
        }
    }

    public JsonObject List(ClusterRequest request)
    {
        lock (_gate)
        {
            var kind = Find(request);
            var limit = int.TryParse(request.Parameter("limit"), out var asked) ? asked : int.MaxValue;
            var after = request.Parameter("continue");
            var left = kind.In(request.Namespace).Where(one => string.CompareOrdinal(one.Key, after) > 0).ToArray();
            var page = left.Take(limit).ToArray();
            return new JsonObject
            {
                ["apiVersion"] = request.Group.Length == 0 ? request.Version : $"{request.Group}/{request.Version}",
                ["items"] = new JsonArray([.. page.Select(static one => one.Value.DeepClone())]),
                ["kind"] = $"{kind.Name}List",
                ["metadata"] = new JsonObject
                {
                    ["continue"] = left.Length > page.Length ? page[^1].Key : "",
                    ["resourceVersion"] = _revision.ToString(CultureInfo.InvariantCulture),
                },
            };
        }
    }

    /// <summary>Everything but lists and watches.</summary>
    public (int Code, JsonObject Answer) Answer(ClusterRequest request, JsonObject? body)
    {
        lock (_gate)
        {
            var kind = Find(request);
            if (request.Verb == "create")
            {
                var name = body!["metadata"].Text("name")!;
                return kind.Find(request.Namespace, name) is null
                    ? (201, kind.Put(request.Namespace, name, body, ++_revision).DeepClone().AsObject())
                    : (409, ClusterStatus.Exists(request, name));
            }
            if (kind.Find(request.Namespace, request.Name) is not { } there)
                return (404, ClusterStatus.NotFound(request));
            if (request.Verb == "delete")
                return (200, kind.Remove(request.Namespace, request.Name, ++_revision)!.DeepClone().AsObject());
            if (request.Verb == "get")
                return (200, there.DeepClone().AsObject());
            if (body!["metadata"].Text("resourceVersion") != there["metadata"].Text("resourceVersion"))
                return (409, ClusterStatus.Conflict(request));
            var next = body;
            if (request.Resource.EndsWith("/status", StringComparison.Ordinal))
            {
                // Nothing else of what is sent counts there.
                next = there.DeepClone().AsObject();
                next["status"] = body["status"]?.DeepClone();
            }
            return (200, kind.Put(request.Namespace, request.Name, next, ++_revision).DeepClone().AsObject());
        }
    }

    /// <summary>Lines of a watch; null when its connection breaks.</summary>
    /// <param name="began">It is told of everything from now on.</param>
    public async IAsyncEnumerable<string?> WatchAsync(
        ClusterRequest request,
        long since,
        Action began,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        var lines = Channel.CreateUnbounded<string?>();
        ClusterKind kind;
        lock (_gate)
        {
            kind = Find(request);
            if (since < kind.Forgotten)
            {
                lines.Writer.TryWrite(ClusterKind.Event("ERROR", ClusterStatus.TooOld(since, kind.Forgotten)));
                lines.Writer.TryWrite(null);
            }
            foreach (var line in kind.Since(since))
                lines.Writer.TryWrite(line);
            kind.Watchers.Add(lines);
        }
        began();
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(stop))
            {
                if (line is null)
                    yield break;
                yield return line == Broken ? null : line;
            }
        }
        finally
        {
            lock (_gate)
                kind.Watchers.Remove(lines);
        }
    }

    private ClusterKind Find(ClusterRequest request) => _kinds[(request.Group, request.Version, request.Plural)];

    private ClusterKind Find(KindSchema kind) =>
        _kinds.First(one => one.Key.Group == kind.Group && one.Key.Plural == kind.Plural).Value;
}
