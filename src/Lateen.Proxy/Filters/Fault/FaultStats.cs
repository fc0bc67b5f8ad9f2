// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Filters.Fault;

/// <summary>Numbers of the fault filters behind one <c>stat_prefix</c> (Envoy <c>http.&lt;stat_prefix&gt;.fault.*</c>).</summary>
public sealed class FaultStats(string statPrefix, int workers)
{
    private static readonly StatTable s_table = new(
        "http",
        "http_conn_manager_prefix",
        new StatDefinition("fault.delays_injected"),
        new StatDefinition("fault.aborts_injected"),
        new StatDefinition("fault.faults_overflow"),
        new StatDefinition("fault.active_faults", SampleKind.Gauge)
    );

    private readonly StatScope _scope = new(s_table, statPrefix, workers);
    private int _active;

    private enum Cell
    {
        Delays,
        Aborts,
        Overflows,
        Active,
    }

    /// <summary>Begins a delay unless as many as the limit are under way, over all workers.</summary>
    public bool TryBegin(int worker, uint? limit)
    {
        var active = Interlocked.Increment(ref _active);
        if (limit is not null && active > limit)
        {
            Interlocked.Decrement(ref _active);
            _scope.Cells.Increment(worker, (int)Cell.Overflows);
            return false;
        }
        _scope.Cells.Increment(worker, (int)Cell.Delays);
        _scope.Cells.Increment(worker, (int)Cell.Active);
        return true;
    }

    public void End(int worker)
    {
        Interlocked.Decrement(ref _active);
        _scope.Cells.Decrement(worker, (int)Cell.Active);
    }

    public void OnAbort(int worker) => _scope.Cells.Increment(worker, (int)Cell.Aborts);

    public void Collect(List<Sample> samples) => _scope.Collect(samples);
}
