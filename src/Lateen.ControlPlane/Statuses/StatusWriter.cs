// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.ControlPlane.Statuses.Sharing;
using Lateen.Discovery;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane.Statuses;

/// <summary>
/// Writes back into the store how its objects fare. Looks when the configuration, a proxy or an object changed, and writes what is another
/// status than there is; its own writes, and those of others to a status, have it look at nothing. Of several control planes on one store
/// one does so.
/// </summary>
internal sealed partial class StatusWriter : BackgroundService
{
    /// <summary>So long nothing more must come before it looks: acknowledgements come in crowds.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);

    /// <summary>However long it took to look.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    /// <summary>How many times as long as it looked it does not look again.</summary>
    private const int Rest = 4;

    private readonly MeshState _mesh;
    private readonly ProxyRegistry _proxies;
    private readonly ControlPlanePeers _peers;
    private readonly ConfigHistory _history;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly StatusMirror _mirror;
    private readonly StatusPen _pen;
    private readonly StatusAgenda _agenda;
    private readonly StatusJudge _judge = new();
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
        ControlPlanePeers peers,
        ConfigHistory history,
        TimeProvider time,
        ILogger<StatusWriter> log
    )
    {
        var store = options.Store ?? throw new ArgumentException("there is no store to write to", nameof(options));
        (_mesh, _proxies, _peers, _history) = (mesh, proxies, peers, history);
        (_time, _log) = (time, log);
        _mirror = new StatusMirror(store, time);
        _pen = new StatusPen(store, _mirror, time);
        _agenda = new StatusAgenda(time);
        _later = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        mesh.Updated += Look;
        proxies.Progressed += Look;
        peers.Changed += Look;
        _mirror.Changed += Look;
    }

    public override void Dispose()
    {
        _mesh.Updated -= Look;
        _proxies.Progressed -= Look;
        _peers.Changed -= Look;
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
            // Who takes over looks when it does.
            if (!_peers.IsWriter)
                continue;
            var began = _time.GetTimestamp();
            var due = LookAtAll();
            _ended = _time.GetTimestamp();
            _took = _time.GetElapsedTime(began, _ended);
            try
            {
                await WriteAsync(due, stop).ConfigureAwait(false);
            }
            catch (StoreUnavailableException away)
            {
                LogAway(away.Message);
                LookIn(StatusPace.Progress);
            }
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

    private void LookIn(TimeSpan wait) => _later.Change(wait, Timeout.InfiniteTimeSpan);

    /// <summary>Looks at every object; returns what has to be written.</summary>
    private IReadOnlyList<DueStatus> LookAtAll()
    {
        var config = _mesh.Config;
        if (config.Revision == 0)
            return [];
        var namespaces = _mirror.Namespaces;
        if (
            _configuration?.Config.Revision != config.Revision
            || !ReferenceEquals(_configuration.Namespaces, namespaces)
        )
            _configuration = new ConfigurationVerdicts(config, _mesh.Mesh, namespaces);
        var programmed = new ProgrammedConditions(_proxies.Connections, _peers.Others, _history);
        var there = new HashSet<ObjectKey>();
        _agenda.Begin();
        foreach (var (key, item) in _mirror.Objects)
        {
            there.Add(key);
            if (_judge.Judge(key, item, _configuration, programmed) is { } judgement)
                _agenda.Consider(key, item, judgement);
        }
        _judge.Keep(there);
        var due = _agenda.End(there);
        if (_agenda.Wakes is { } wait)
            LookIn(wait);
        return due;
    }

    /// <summary>Writes a batch at a time. When there is news it looks again: what is left is found then, behind what is newer.</summary>
    private async Task WriteAsync(IReadOnlyList<DueStatus> due, CancellationToken stop)
    {
        var began = _time.GetTimestamp();
        TimeSpan? later = null;
        for (var i = 0; i < due.Count; i++)
        {
            switch (await _pen.WriteAsync(due[i], stop).ConfigureAwait(false))
            {
                case PenOutcome.Done:
                    _agenda.OnWritten(due[i]);
                    break;
                case PenOutcome.Refused:
                    // Nothing else may happen until the right is given.
                    later ??= StatusPen.Refusal;
                    break;
                default:
                    LogBusy(due[i].Key.ToString());
                    later = StatusPace.Progress;
                    break;
            }
            if ((i + 1) % StatusPace.Batch != 0)
                continue;
            var pause = StatusPace.PauseAfter(_time.GetElapsedTime(began), due[i].IsRecount);
            await Task.Delay(pause, _time, stop).ConfigureAwait(false);
            began = _time.GetTimestamp();
            var isRested =
                _time.GetElapsedTime(_ended) >= TimeSpan.FromTicks(Math.Min(_took.Ticks * Rest, s_longest.Ticks));
            if (!_peers.IsWriter || (isRested && _news.CurrentCount > 0))
            {
                // Also without news there is something left.
                Look();
                return;
            }
        }
        if (later is { } wait)
            LookIn(_agenda.Wakes is { } sooner && sooner < wait ? sooner : wait);
    }

    [LoggerMessage(LogLevel.Warning, "Statuses wait: the store cannot be reached: {Problem}")]
    private partial void LogAway(string problem);

    [LoggerMessage(LogLevel.Warning, "The status of {Object} waits: others keep writing it")]
    private partial void LogBusy(string @object);
}
