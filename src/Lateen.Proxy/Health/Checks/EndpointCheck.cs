// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Health.Checks;

/// <summary>
/// The checks of one endpoint, from the version of its cluster that begins them to the one that ends them: ask, decide,
/// pause, and again. On one worker's loop; what it decides is seen by all through the flags of the <see cref="EndpointState"/>.
/// </summary>
internal sealed class EndpointCheck
{
    private readonly Worker _worker;
    private readonly ClusterChecks _owner;
    private readonly HealthCheckSpec _spec;
    private readonly CheckHistory _history;
    private readonly Probe _probe;
    private readonly LoopTimer _deadline;
    private readonly LoopTimer _pause;
    private readonly LoopSignal<bool> _paused = new();
    private bool _isLate;
    private bool _isOver;

    public EndpointCheck(Worker worker, ClusterChecks owner, ProbeTarget target)
    {
        _worker = worker;
        _owner = owner;
        _spec = target.Cluster.Spec.HealthCheck!;
        _history = new CheckHistory(_spec);
        Entry = target.Entry;
        var connection = new ProbeConnection(worker, target.Cluster, target.Endpoint, target.Address);
        _probe = _spec.Probe switch
        {
            HttpProbeSpec http => new HttpProbe(http, target, connection),
            TcpProbeSpec tcp => new TcpProbe(tcp, _spec.ReusesConnection, connection),
            var grpc => new GrpcProbe((GrpcProbeSpec)grpc, _spec.Timeout, target, connection),
        };
        _deadline = new LoopTimer(static self => ((EndpointCheck)self).OnLate(), this);
        _pause = new LoopTimer(static self => ((EndpointCheck)self)._paused.Complete(true), this);
    }

    /// <summary>The endpoint as it was when the checks began.</summary>
    public EndpointEntry Entry { get; }

    private EndpointState Endpoint => Entry.State;

    public void Start() => RunAsync().Detach();

    /// <summary>Ends the checks, in the middle of one if need be; its outcome then counts no more.</summary>
    public void Stop()
    {
        _isOver = true;
        _probe.Abort();
        if (_paused.IsAwaited)
            _worker.Loop.Arm(_pause, TimeSpan.Zero);
    }

    private async LoopTask<int> RunAsync()
    {
        var pause = CheckIntervals.Initial(_spec, _worker.NextRandom());
        while (true)
        {
            if (pause > TimeSpan.Zero)
            {
                _worker.Loop.Arm(_pause, pause);
                await _paused.Wait();
            }
            if (_isOver)
                break;
            var outcome = await AskAsync();
            if (_isOver)
                break;
            pause = Decide(outcome);
        }
        _probe.Close();
        return 0;
    }

    private async LoopTask<ProbeOutcome> AskAsync()
    {
        _owner.Stats.OnAttempt();
        _isLate = false;
        _worker.Loop.Arm(_deadline, _spec.Timeout);
        var outcome = await _probe.AskAsync();
        _worker.Loop.Disarm(_deadline);
        return outcome;
    }

    private void OnLate()
    {
        _isLate = true;
        _probe.Abort();
    }

    /// <summary>Notes what a check said, and returns how long to wait for the next one.</summary>
    private TimeSpan Decide(ProbeOutcome outcome)
    {
        var passed = !_isLate && outcome is ProbeOutcome.Passed or ProbeOutcome.Degraded;
        var failure =
            _isLate ? CheckFailure.NetworkTimeout
            : outcome == ProbeOutcome.Unreachable ? CheckFailure.Network
            : CheckFailure.Active;
        var verdict = passed
            ? _history.OnSuccess(Endpoint, outcome == ProbeOutcome.Degraded)
            : _history.OnFailure(Endpoint, failure, outcome == ProbeOutcome.FailedForNow);
        if (passed)
            _owner.Stats.OnSuccess();
        else
            _owner.Stats.OnFailure(failure);
        var isFirst = !ReferenceEquals(Endpoint.CheckedBy, _spec);
        Endpoint.CheckedBy = _spec;
        _owner.OnChecked(Entry, verdict, failure, isFirst);
        return CheckIntervals.After(
            _spec,
            passed,
            verdict.Transition,
            _owner.Cluster.Stats.HasTraffic,
            _worker.NextRandom()
        );
    }
}
