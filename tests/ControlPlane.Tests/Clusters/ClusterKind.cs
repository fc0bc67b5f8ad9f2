// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace ControlPlane.Tests.Clusters;

/// <summary>The objects of one kind, and what happened to them. Its owner holds the lock.</summary>
internal sealed class ClusterKind(string name)
{
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<(long Revision, string Event)> _events = [];

    /// <summary>As in <c>kind:</c>.</summary>
    public string Name => name;

    /// <summary>What happened up to this revision is forgotten.</summary>
    public long Forgotten { get; private set; }

    public List<Channel<string?>> Watchers { get; } = [];

    public JsonObject? Find(string ns, string name) => _objects.GetValueOrDefault($"{ns}/{name}");

    public IEnumerable<KeyValuePair<string, JsonObject>> In(string ns) =>
        _objects.Where(one => ns.Length == 0 || one.Key.StartsWith($"{ns}/", StringComparison.Ordinal));

    public JsonObject Put(string ns, string name, JsonObject content, long revision)
    {
        var type = Find(ns, name) is null ? "ADDED" : "MODIFIED";
        var item = content.DeepClone().AsObject();
        var metadata = item["metadata"]!.AsObject();
        metadata["name"] = name;
        if (ns.Length > 0)
            metadata["namespace"] = ns;
        metadata["uid"] ??= $"uid-of-{name}";
        metadata["generation"] ??= 1;
        metadata["creationTimestamp"] ??= "2026-01-02T03:04:05Z";
        metadata["resourceVersion"] = Text(revision);
        _objects[$"{ns}/{name}"] = item;
        Tell(type, item, revision);
        return item;
    }

    public JsonObject? Remove(string ns, string name, long revision)
    {
        if (!_objects.Remove($"{ns}/{name}", out var item))
            return null;
        item["metadata"]!["resourceVersion"] = Text(revision);
        Tell("DELETED", item, revision);
        return item;
    }

    /// <summary>As etcd's compaction: who asks for what came since an older revision is told that it is gone.</summary>
    public void Forget(long revision)
    {
        _events.RemoveAll(one => one.Revision <= revision);
        Forgotten = revision;
    }

    public IEnumerable<string> Since(long revision) =>
        _events.Where(one => one.Revision > revision).Select(static one => one.Event);

    /// <summary>To all that watch; null ends their watches.</summary>
    public void Send(string? line)
    {
        foreach (var watcher in Watchers)
            watcher.Writer.TryWrite(line);
    }

    public static string Event(string type, JsonNode content) =>
        new JsonObject { ["type"] = type, ["object"] = content.DeepClone() }.ToJsonString();

    private void Tell(string type, JsonObject item, long revision)
    {
        var line = Event(type, item);
        _events.Add((revision, line));
        Send(line);
    }

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
