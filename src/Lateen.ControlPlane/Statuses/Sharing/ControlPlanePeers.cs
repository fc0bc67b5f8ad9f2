// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.Discovery;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane.Statuses.Sharing;

/// <summary>
/// The control planes of one store find each other in it. Each has a lease of its own, with how far its proxies are; one of them has
/// the lease to write statuses. Who does not renew his leases is gone: his proxies count no more, and another one writes.
/// Where the store is one process's alone nothing is written for that, unless others come to it through that process's API.
/// </summary>
internal sealed partial class ControlPlanePeers : BackgroundService
{
    /// <summary>The lease of the one that writes statuses.</summary>
    public const string WriterLease = "lateen-status-writer";

    /// <summary>In front of what is a control plane's own.</summary>
    public const string MemberPrefix = "lateen-control-plane-";

    /// <summary>How long a lease holds without being renewed: as Kubernetes' own components' by default.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15);

    /// <summary>How often it is renewed.</summary>
    public static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(5);

    /// <summary>Who could not renew for so long writes no more; others take over later than that (Kubernetes: 10 s).</summary>
    public static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(10);

    /// <summary>How often it looks for others, and the shortest time between two reports.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(1);

    private readonly IResourceStore _store;
    private readonly ProxyRegistry _proxies;
    private readonly ConfigHistory _history;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly string _namespace;
    private readonly bool _mayWrite;
    private readonly LeaseBook _book;
    private readonly string _member;

    // When the lease to write was renewed last: a timestamp; 0 for never, or when another one has it.
    private long _renewed;
    private bool _wasWriter;

    // Others have the store too, or had: once is for good.
    private volatile bool _isShared;

    // The store keeps no leases, so that nobody can be found.
    private volatile bool _isAlone;
    private bool _isAway;
    private IReadOnlyList<ProgressReport> _others = [];
    private string _othersText = "";

    public ControlPlanePeers(
        ControlPlaneOptions options,
        ProxyRegistry proxies,
        ConfigHistory history,
        TimeProvider time,
        ILogger<ControlPlanePeers> log
    )
    {
        _store = options.Store ?? throw new ArgumentException("there is no store to share", nameof(options));
        (_proxies, _history, _time, _log) = (proxies, history, time, log);
        (_namespace, _mayWrite, _isShared) = (options.Mesh.RootNamespace, options.WritesStatus, _store.IsShared);
        _book = new LeaseBook(time);
        _member = MemberPrefix + Guid.NewGuid().ToString("N")[..12];
        Identity = $"{Environment.MachineName}_{_member}";
    }

    /// <summary>Who we are to others.</summary>
    public string Identity { get; }

    /// <summary>Whether it is ours to write statuses, now.</summary>
    public bool IsWriter =>
        _mayWrite
        && (
            !_isShared
            || _isAlone
            || (Volatile.Read(ref _renewed) is var at && at != 0 && _time.GetElapsedTime(at) < RenewDeadline)
        );

    /// <summary>What the other control planes told last of their proxies.</summary>
    public IReadOnlyList<ProgressReport> Others => Volatile.Read(ref _others);

    /// <summary>It became ours to write, or others told something else.</summary>
    public event Action? Changed;

    /// <summary>Gives back what is ours, so that nobody has to wait until it has run out.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (!_isShared)
            return;
        using var limit = new CancellationTokenSource(s_farewell, _time);
        try
        {
            await LeaveAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is StoreUnavailableException or OperationCanceledException)
        {
            // It runs out.
            LogLeft(failure.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, _time);
        do
        {
            try
            {
                await StepAsync(stoppingToken).ConfigureAwait(false);
                _isAway = false;
            }
            catch (Exception failure) when (failure is StoreUnavailableException or RevisionGoneException)
            {
                if (!_isAway)
                    LogAway(failure.Message);
                _isAway = true;
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    /// <summary>Looks at what there is, and renews and tells what is due. One caller at a time.</summary>
    internal async Task StepAsync(CancellationToken stop)
    {
        var page = await _store.ListAsync(Lease.Scope(_namespace), stop: stop).ConfigureAwait(false);
        _book.Take(page.Objects);
        _isShared |= _book.All.Any(IsOther);
        if (!_isShared)
            return;
        await ReportAsync(stop).ConfigureAwait(false);
        if (_mayWrite)
            await StandAsync(stop).ConfigureAwait(false);
        if (IsWriter)
            await ForgetDeadAsync(stop).ConfigureAwait(false);
        var isNews = Hear();
        if (IsWriter != _wasWriter)
        {
            _wasWriter = !_wasWriter;
            if (_wasWriter)
                LogWriter(Identity);
            isNews = true;
        }
        if (isNews)
            Changed?.Invoke();
    }

    /// <summary>Tells how far our proxies are, and that we are there.</summary>
    private async Task ReportAsync(CancellationToken stop)
    {
        var progress = ProgressText.Write(ProgressReport.Of(_proxies.Connections, _history));
        var known = _book.Find(_member);
        if (known is not null && known.Lease.Progress == progress && !IsDue(known))
            return;
        var now = _time.GetUtcNow();
        var acquired = known?.Lease.AcquiredAt ?? now;
        await PutAsync(_member, known, new Lease(Identity, LeaseDuration, acquired, now, 0, progress), stop)
            .ConfigureAwait(false);
    }

    /// <summary>Renews the lease to write, or takes it when nobody has it.</summary>
    private async Task StandAsync(CancellationToken stop)
    {
        var known = _book.Find(WriterLease);
        var isOurs = known?.Lease.Holder == Identity;
        if (isOurs ? !IsDue(known!) && _renewed != 0 : known is not null && _book.IsLive(known))
        {
            if (!isOurs)
                Volatile.Write(ref _renewed, 0);
            _isAlone = false;
            return;
        }
        var now = _time.GetUtcNow();
        // Counted from before it is asked for: others count from when they see it.
        var began = _time.GetTimestamp();
        var transitions = (known?.Lease.Transitions ?? 0) + (known is null || isOurs ? 0 : 1);
        var lease = new Lease(Identity, LeaseDuration, isOurs ? known!.Lease.AcquiredAt : now, now, transitions);
        var status = await PutAsync(WriterLease, known, lease, stop).ConfigureAwait(false);
        Volatile.Write(ref _renewed, status == WriteStatus.Done ? Math.Max(began, 1) : 0);
        // Nothing is there that could not be found: such a server has no leases at all.
        var isAlone = known is null && status == WriteStatus.NotFound;
        if (isAlone && !_isAlone)
            LogAlone();
        _isAlone = isAlone;
    }

    private bool IsDue(LeaseBook.Seen known) => _time.GetElapsedTime(known.At) >= RenewInterval;

    /// <returns>Not <see cref="WriteStatus.Done"/> when another one was there before.</returns>
    private async Task<WriteStatus> PutAsync(string name, LeaseBook.Seen? known, Lease lease, CancellationToken stop)
    {
        var key = Lease.Key(_namespace, name);
        var content = lease.Write(key, known?.Stored);
        var written = await _store.PutAsync(key, content, known?.Stored.Revision ?? 0, stop).ConfigureAwait(false);
        if (written is { Status: WriteStatus.Done, Object: { } stored })
            _book.Put(stored, lease);
        return written.Status;
    }

    /// <summary>Removes leases of control planes that ended without a farewell.</summary>
    private async Task ForgetDeadAsync(CancellationToken stop)
    {
        var dead = _book.All.Where(one => IsMember(one.Key) && !_book.IsLive(one.Value)).ToList();
        foreach (var (_, seen) in dead)
        {
            await _store.DeleteAsync(seen.Stored.Key, seen.Stored.Revision, stop).ConfigureAwait(false);
            LogGone(seen.Lease.Holder);
        }
    }

    /// <returns>Whether others tell anything else than before.</returns>
    private bool Hear()
    {
        var texts = _book
            .All.Where(IsOther)
            .OrderBy(static one => one.Key, StringComparer.Ordinal)
            .Select(static one => one.Value.Lease.Progress ?? "")
            .ToList();
        var text = string.Join('\n', texts);
        if (text == _othersText)
            return false;
        _othersText = text;
        Volatile.Write(ref _others, texts.Select(ProgressText.Read).OfType<ProgressReport>().ToList());
        return true;
    }

    private async Task LeaveAsync(CancellationToken stop)
    {
        if (_book.Find(WriterLease) is { } writer && writer.Lease.Holder == Identity)
        {
            Volatile.Write(ref _renewed, 0);
            var free = writer.Lease with { Holder = "", Duration = Step, RenewedAt = _time.GetUtcNow() };
            await PutAsync(WriterLease, writer, free, stop).ConfigureAwait(false);
        }
        await _store.DeleteAsync(Lease.Key(_namespace, _member), null, stop).ConfigureAwait(false);
    }

    private bool IsOther(KeyValuePair<string, LeaseBook.Seen> one) =>
        IsMember(one.Key) && one.Key != _member && _book.IsLive(one.Value);

    private static bool IsMember(string name) => name.StartsWith(MemberPrefix, StringComparison.Ordinal);

    [LoggerMessage(LogLevel.Information, "Statuses are written by this control plane now, {Identity}")]
    private partial void LogWriter(string identity);

    [LoggerMessage(
        LogLevel.Warning,
        "The store keeps no leases: this control plane writes statuses as though it were the only one; leave it to one, with --no-status"
    )]
    private partial void LogAlone();

    [LoggerMessage(LogLevel.Warning, "The leases of control planes cannot be read or renewed: {Problem}")]
    private partial void LogAway(string problem);

    [LoggerMessage(LogLevel.Information, "The control plane {Holder} is gone; its proxies count no more")]
    private partial void LogGone(string holder);

    [LoggerMessage(
        LogLevel.Information,
        "The leases of this control plane were not given back, and run out: {Problem}"
    )]
    private partial void LogLeft(string problem);
}
