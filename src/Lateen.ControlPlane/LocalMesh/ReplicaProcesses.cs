// SPDX-License-Identifier: Apache-2.0
namespace Lateen.ControlPlane.LocalMesh;

/// <summary>What runs of a replica: its proxy and, but for gateways, its program.</summary>
internal sealed class ReplicaProcesses : IDisposable
{
    private readonly CancellationTokenSource _stopProxy;
    private readonly CancellationTokenSource _stopProgram;
    private readonly Task _proxyRuns;
    private readonly Task _programRuns;

    /// <summary>Starts both.</summary>
    /// <param name="program">Null for a gateway.</param>
    /// <param name="stop">Ends both at once.</param>
    public ReplicaProcesses(
        Replica replica,
        SupervisedProcess proxy,
        SupervisedProcess? program,
        CancellationToken stop
    )
    {
        Replica = replica;
        Proxy = proxy;
        _stopProxy = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _stopProgram = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _programRuns = program?.RunAsync(_stopProgram.Token) ?? Task.CompletedTask;
        _proxyRuns = proxy.RunAsync(_stopProxy.Token);
    }

    /// <summary>As it is defined now, where that needs no other processes.</summary>
    public Replica Replica { get; set; }

    public SupervisedProcess Proxy { get; }

    /// <summary>Whether the mesh is told of it.</summary>
    public bool IsPublished { get; set; }

    /// <summary>Whether it was waited for long enough.</summary>
    public bool IsLate { get; set; }

    /// <summary>Completes once both were told to end and are gone.</summary>
    public Task Ended => Task.WhenAll(_proxyRuns, _programRuns);

    /// <summary>The proxy drains, while the program still answers; then the program.</summary>
    public async Task StopAsync()
    {
        await _stopProxy.CancelAsync().ConfigureAwait(false);
        await _proxyRuns.ConfigureAwait(false);
        await _stopProgram.CancelAsync().ConfigureAwait(false);
        await _programRuns.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stopProxy.Dispose();
        _stopProgram.Dispose();
    }
}
