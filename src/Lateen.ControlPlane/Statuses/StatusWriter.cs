// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Statuses;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Handling;
using Lateen.Discovery;
using Lateen.Mesh;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane.Statuses;

/// <summary>
/// Writes back into the store how its objects fare. Looks when the configuration, a proxy or an object changed, and writes what is another
/// status than there is; its own writes, and those of others to a status, have it look at nothing.
/// </summary>
internal sealed partial class StatusWriter : BackgroundService
{
    /// <summary>So long nothing more must come before it looks: acknowledgements come in crowds.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);

    /// <summary>How often an object's count of proxies is written on their way to all.</summary>
    private static readonly TimeSpan s_progress = TimeSpan.FromSeconds(1);

    /// <summary>However long it took to look, and to write.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    private const int MaxAttempts = 3;

    /// <summary>How many times as long as it looked it does not look again.</summary>
    private const int Rest = 4;

    private readonly IResourceStore _store;
    private readonly MeshState _mesh;
    private readonly ProxyRegistry _proxies;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly StatusMirror _mirror;
    private readonly StatusJudge _judge = new();
    private readonly Dictionary<ObjectKey, Remembered> _remembered = [];
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly ITimer _later;
    private ConfigurationVerdicts? _configuration;

    // When it looked last, and how long.
    private long _ended;
    private TimeSpan _took;

    public StatusWriter(
        ControlPlaneOptions options,
        MeshState mesh,
        ProxyRegistry proxies,
        TimeProvider time,
        ILogger<StatusWriter> log
    )
    {
        _store = options.Store ?? throw new ArgumentException("there is no store to write to", nameof(options));
        (_mesh, _proxies, _time, _log) = (mesh, proxies, time, log);
        _mirror = new StatusMirror(_store, time);
        _later = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        mesh.Updated += Look;
        proxies.Progressed += Look;
        _mirror.Changed += Look;
    }

    public override void Dispose()
    {
        _mesh.Updated -= Look;
        _proxies.Progressed -= Look;
        _later.Dispose();
        _news.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var both = Task.WhenAll(_mirror.RunAsync(stoppingToken), WriteAsync(stoppingToken));
        await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested)
            await both.ConfigureAwait(false);
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        while (true)
        {
            await _news.WaitAsync(stop).ConfigureAwait(false);
            await Task.Delay(Pause(), _time, stop).ConfigureAwait(false);
            var began = _time.GetTimestamp();
            try
            {
                await PassAsync(stop).ConfigureAwait(false);
            }
            catch (StoreUnavailableException away)
            {
                LogAway(away.Message);
                _later.Change(s_progress, Timeout.InfiniteTimeSpan);
            }
            _ended = _time.GetTimestamp();
            _took = _time.GetElapsedTime(began, _ended);
        }
    }

    /// <summary>Longer where looking is much work: it may take a fifth of the time.</summary>
    private TimeSpan Pause()
    {
        var rest = _took * Rest - _time.GetElapsedTime(_ended);
        return TimeSpan.FromTicks(Math.Clamp(rest.Ticks, s_quiet.Ticks, s_longest.Ticks));
    }

    private void Look()
    {
        try
        {
            _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // It will look anyhow.
        }
        catch (ObjectDisposedException)
        {
            // Nobody looks any more.
        }
    }

    /// <summary>Looks at every object, and writes where that is called for.</summary>
    private async Task PassAsync(CancellationToken stop)
    {
        var config = _mesh.Config;
        if (config.Revision == 0)
            return;
        if (_configuration?.Config.Revision != config.Revision)
            _configuration = new ConfigurationVerdicts(config, _mesh.Mesh);
        var programmed = new ProgrammedConditions(_proxies.Connections);
        var there = new HashSet<ObjectKey>();
        foreach (var (key, item) in _mirror.Objects)
        {
            there.Add(key);
            if (_judge.Judge(key, item, _configuration, programmed) is { } verdict)
                await ConsiderAsync(key, item, verdict, stop).ConfigureAwait(false);
        }
        _judge.Keep(there);
        foreach (var gone in _remembered.Keys.Where(key => !there.Contains(key)).ToList())
            _remembered.Remove(gone);
    }

    private async Task ConsiderAsync(ObjectKey key, MirroredObject item, Verdict verdict, CancellationToken stop)
    {
        var isKnown = _remembered.TryGetValue(key, out var last);
        if (isKnown && ReferenceEquals(last.Status, item.Status) && last.Verdict.SaysAsMuchAs(verdict))
            return;
        var now = _time.GetUtcNow();
        var next = StatusDocument.With(item.Status, verdict, now);
        if (JsonNode.DeepEquals(next, item.Status ?? new JsonObject()))
        {
            _remembered[key] = new Remembered(verdict, item.Status, isKnown ? last.At : DateTimeOffset.MinValue);
            return;
        }
        if (isKnown && now - last.At < s_progress && IsCountAlone(item.Status, next))
        {
            _later.Change(s_progress, Timeout.InfiniteTimeSpan);
            return;
        }
        await PutAsync(key, item, verdict, stop).ConfigureAwait(false);
        // What it is now is looked at once more, and remembered then.
        _remembered[key] = new Remembered(verdict, null, now);
    }

    private async Task PutAsync(ObjectKey key, MirroredObject item, Verdict verdict, CancellationToken stop)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await _store.GetAsync(key, stop).ConfigureAwait(false) is not { } stored)
                return;
            var content = JsonNode.Parse(stored.Content.Span)!.AsObject();
            var metadata = content.Member("metadata");
            // Another generation, or another object of the name: there will be another verdict.
            if (
                (metadata.Member("generation").AsNumber() ?? 0) != item.Generation
                || (metadata.Text("uid") ?? "") != item.Uid
            )
                return;
            var before = content["status"] as JsonObject;
            var status = StatusDocument.With(before, verdict, _time.GetUtcNow());
            if (JsonNode.DeepEquals(before, status))
            {
                _mirror.Take(stored);
                return;
            }
            content["status"] = status;
            var written = await _store
                .PutStatusAsync(key, StoredObjects.Write(content, item.Kind), stored.Revision, stop)
                .ConfigureAwait(false);
            if (written is { Status: WriteStatus.Done, Object: { } result })
                _mirror.Take(result);
            if (written.Status != WriteStatus.Conflict)
                return;
        }
        LogBusy(key.ToString());
        _later.Change(s_progress, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether nothing differs but how many proxies have it.</summary>
    private static bool IsCountAlone(JsonObject? before, JsonObject after)
    {
        var counted = before?.DeepClone().AsObject() ?? new JsonObject();
        var condition = Programmed(counted);
        if (condition is null || Programmed(after) is not { } next || condition.Text("reason") != next.Text("reason"))
            return false;
        condition["message"] = next["message"]?.DeepClone();
        return JsonNode.DeepEquals(counted, after);
    }

    private static JsonObject? Programmed(JsonObject status) =>
        status["conditions"].Items().FirstOrDefault(static item => item.Text("type") == Condition.Programmed)
        as JsonObject;

    [LoggerMessage(LogLevel.Warning, "Statuses wait: the store cannot be reached: {Problem}")]
    private partial void LogAway(string problem);

    [LoggerMessage(LogLevel.Warning, "The status of {Object} waits: others keep writing it")]
    private partial void LogBusy(string @object);

    /// <summary>What there was to say of an object when it was looked at last.</summary>
    /// <param name="Status">That says it already; null where it had none.</param>
    /// <param name="At">When its status was written last.</param>
    private readonly record struct Remembered(Verdict Verdict, JsonObject? Status, DateTimeOffset At);
}
