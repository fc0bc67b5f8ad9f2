// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Health.Checks;

/// <summary>The health checks of one cluster's endpoints, through all its versions. On one worker's loop.</summary>
internal sealed class ClusterChecks(Worker worker, HealthChecks checks)
{
    private readonly Dictionary<EndpointState, EndpointCheck> _sessions = [];
    private readonly HashSet<EndpointState> _present = [];
    private readonly List<EndpointState> _gone = [];
    private CheckEventLog? _log;

    /// <summary>Endpoints of the version whose first check under this configuration is not done.</summary>
    private int _unchecked;

    /// <summary>The version that is followed.</summary>
    public ClusterRuntime Cluster { get; private set; } = null!;

    public HealthCheckStats Stats => Cluster.State.CheckStats;

    /// <summary>Checks the endpoints of this version from here on, those that stay without an interruption.</summary>
    public void Follow(ClusterRuntime cluster)
    {
        if (ReferenceEquals(cluster, Cluster))
            return;
        var isOtherSpec = !ReferenceEquals(cluster.Spec.HealthCheck, Cluster?.Spec.HealthCheck);
        Cluster = cluster;
        if (isOtherSpec)
        {
            StopAll();
            _log = new CheckEventLog(cluster.Spec.HealthCheck!, cluster.Spec.Name, worker.Telemetry.Logs);
        }
        cluster.State.Checks = this;
        TakeStock(cluster);
        foreach (var entry in cluster.Endpoints)
        {
            if (!entry.Spec.Check.IsDisabled)
                Check(entry);
        }
    }

    public void StopAll()
    {
        foreach (var session in _sessions.Values)
            session.Stop();
        _sessions.Clear();
    }

    /// <summary>A check is done: tells the log, and configuration where something waited for it.</summary>
    /// <param name="isFirst">The first one of that endpoint under this configuration.</param>
    public void OnChecked(EndpointEntry entry, CheckVerdict verdict, CheckFailure failure, bool isFirst)
    {
        _log!.Write(worker.Index, worker.UnixTicks(), entry, verdict, failure);
        var isDropped = entry.Has(HealthFlags.PendingRemoval) && entry.Has(HealthFlags.FailedActiveCheck);
        if (isDropped || (isFirst && --_unchecked == 0))
            Cluster.State.OnSettled();
    }

    /// <summary>An answer to ordinary traffic said that its endpoint is to be left alone. Any thread.</summary>
    public void OnFailedPassively(EndpointState endpoint)
    {
        if (_log is { IsEmpty: false })
            worker.Loop.Post(() => LogPassive(endpoint));
    }

    private void LogPassive(EndpointState endpoint)
    {
        if (_sessions.TryGetValue(endpoint, out var session))
            _log!.Write(
                worker.Index,
                worker.UnixTicks(),
                session.Entry,
                new CheckVerdict(HealthTransition.Changed, CheckEvents.EjectUnhealthy, IsFirst: false),
                CheckFailure.Passive
            );
    }

    private void Check(EndpointEntry entry)
    {
        if (_sessions.TryGetValue(entry.State, out var session))
        {
            if (session.Entry.Spec.Check == entry.Spec.Check)
                return;
            session.Stop();
        }
        _sessions[entry.State] = session = new EndpointCheck(worker, this, new ProbeTarget(checks, Cluster, entry));
        session.Start();
    }

    /// <summary>Ends the checks of endpoints that are gone, and counts those that nobody has checked yet.</summary>
    private void TakeStock(ClusterRuntime cluster)
    {
        _present.Clear();
        _unchecked = 0;
        foreach (var entry in cluster.Endpoints)
        {
            if (!entry.Spec.Check.IsDisabled && _present.Add(entry.State) && !cluster.HasChecked(entry.State))
                _unchecked++;
        }
        foreach (var state in _sessions.Keys)
        {
            if (!_present.Contains(state))
                _gone.Add(state);
        }
        foreach (var state in _gone)
        {
            if (_sessions.Remove(state, out var session))
                session.Stop();
        }
        _gone.Clear();
    }
}
