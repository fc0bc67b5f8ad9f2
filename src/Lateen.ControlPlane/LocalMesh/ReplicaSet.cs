// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>
/// The replicas that run, and the file by which the mesh knows of them. Changed by one caller at a time; read by any thread.
/// </summary>
/// <param name="stop">Ends all processes at once.</param>
internal sealed class ReplicaSet(LocalMeshOptions options, TimeProvider time, ILogger log, CancellationToken stop)
    : IAsyncDisposable
{
    private readonly SemaphoreSlim _writing = new(1);
    private readonly List<ReplicaProcesses> _running = [];
    private readonly Lock _gate = new();

    /// <summary>Directory of what is written for the control plane.</summary>
    public string Generated { get; } = Path.Combine(options.StateDirectory, "generated");

    public IReadOnlyList<ReplicaProcesses> Running
    {
        get
        {
            lock (_gate)
                return _running.ToArray();
        }
    }

    public ReplicaProcesses Start(Replica replica, bool isPublished = false)
    {
        var state = Path.Combine(options.StateDirectory, "state", replica.Name);
        var proxy = Supervised(
            replica.ProxyName,
            () => ProcessTemplates.Proxy(replica, options.ProxyExecutable, $"127.0.0.1:{options.XdsPort}", state)
        );
        var program = replica.Workload.IsGateway ? null : Supervised(replica.Name, () => ProcessTemplates.App(replica));
        var started = new ReplicaProcesses(replica, proxy, program, stop) { IsPublished = isPublished };
        lock (_gate)
            _running.Add(started);
        return started;
    }

    /// <summary>Drains and stops one. It is among those that run until it is gone, so that nobody gets its address.</summary>
    public async Task StopAsync(ReplicaProcesses one)
    {
        await one.StopAsync().ConfigureAwait(false);
        lock (_gate)
            _running.Remove(one);
        one.Dispose();
    }

    /// <summary>A process that is kept alive, with a log of its own.</summary>
    public SupervisedProcess Supervised(string name, Func<System.Diagnostics.ProcessStartInfo> start) =>
        new(name, start, LogOf(name), time, log);

    public string LogOf(string process) => Path.Combine(options.StateDirectory, "logs", $"{process}.log");

    /// <summary>Tells the mesh of those that are published.</summary>
    public Task PublishAsync(CancellationToken cancel) =>
        WriteAsync(Running.Where(static one => one.IsPublished).Select(static one => one.Replica).ToList(), cancel);

    /// <summary>Tells the mesh of these, which are about to start.</summary>
    public async Task WriteAsync(IReadOnlyList<Replica> replicas, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // Whole or not at all: the control plane is watching.
            var file = Path.Combine(Generated, "workload-entries.yaml");
            var draft = Path.Combine(Generated, ".workload-entries.yaml.draft");
            await File.WriteAllTextAsync(draft, ReplicaPlan.WorkloadEntries(replicas), cancel).ConfigureAwait(false);
            File.Move(draft, file, overwrite: true);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Waits until all are gone, which were told to end, and nobody starts any more.</summary>
    public async ValueTask DisposeAsync()
    {
        var running = Running;
        await Task.WhenAll(running.Select(static one => one.Ended)).ConfigureAwait(false);
        foreach (var one in running)
            one.Dispose();
        _writing.Dispose();
    }
}
