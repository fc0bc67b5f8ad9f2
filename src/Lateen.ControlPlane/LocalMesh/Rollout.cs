// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>
/// Makes what runs what the configuration wants: new replicas first, then changed ones, one after the other, then those that nobody wants any more. The
/// mesh hears of a replica when it is ready, and that it goes before its proxy drains. Each pass begins with what there is, so that it may break off
/// when a newer configuration comes.
/// </summary>
/// <param name="isSuperseded">Whether there is a newer configuration than the one of this pass.</param>
internal sealed partial class Rollout(
    ReplicaSet replicas,
    ReplicaProbe probe,
    Func<bool> isSuperseded,
    TimeProvider time,
    ILogger log
)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(25);

    /// <summary>Who is not ready by then is told of, and holds up nobody any more but the changes of its own workload.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>A control plane that is busy longer has its proxies find out by themselves.</summary>
    private static readonly TimeSpan s_forgetting = TimeSpan.FromSeconds(5);

    /// <summary>One pass, to the end or until it is superseded.</summary>
    public async Task RunAsync(IReadOnlyList<Replica> wanted, CancellationToken stop)
    {
        var running = replicas.Running.ToDictionary(static one => one.Replica.Id);
        var awaited = wanted
            .Select(replica =>
                !running.TryGetValue(replica.Id, out var one) ? Start(replica)
                : one is { IsPublished: false, IsLate: false } && one.Replica.StartedWith == replica.StartedWith ? one
                : null
            )
            .OfType<ReplicaProcesses>()
            .ToList();
        await Task.WhenAll(awaited.Select(one => PublishWhenReadyAsync(one, stop))).ConfigureAwait(false);
        foreach (var workload in wanted.GroupBy(static replica => replica.Resource.Key))
        {
            foreach (var replica in workload)
            {
                if (isSuperseded())
                    return;
                if (
                    running.TryGetValue(replica.Id, out var one)
                    && !await ChangeAsync(one, replica, stop).ConfigureAwait(false)
                )
                    break;
            }
        }
        var ids = wanted.Select(static replica => replica.Id).ToHashSet();
        await Task.WhenAll(
                running.Values.Where(one => !ids.Contains(one.Replica.Id)).Select(one => StopAsync(one, stop))
            )
            .ConfigureAwait(false);
    }

    /// <summary>Tells the mesh of those that have become ready since.</summary>
    /// <returns>Whether there were any.</returns>
    public async Task<bool> PublishLateAsync(CancellationToken stop)
    {
        var isAny = false;
        foreach (var one in replicas.Running.Where(static one => !one.IsPublished))
        {
            if (await probe.NotReadyAsync(one.Replica, stop).ConfigureAwait(false) is not null)
                continue;
            await PublishAsync(one, stop).ConfigureAwait(false);
            isAny = true;
        }
        return isAny;
    }

    private ReplicaProcesses Start(Replica replica)
    {
        LogStarting(replica.Name);
        return replicas.Start(replica);
    }

    /// <returns>False when the others of the workload had better stay as they are.</returns>
    private async Task<bool> ChangeAsync(ReplicaProcesses one, Replica wanted, CancellationToken stop)
    {
        if (one.Replica.StartedWith == wanted.StartedWith)
        {
            var isSame = ReplicaPlan.WorkloadEntries([one.Replica]) == ReplicaPlan.WorkloadEntries([wanted]);
            one.Replica = wanted;
            if (!isSame && one.IsPublished)
                await replicas.PublishAsync(stop).ConfigureAwait(false);
            return one.IsPublished;
        }
        await StopAsync(one, stop).ConfigureAwait(false);
        return await PublishWhenReadyAsync(Start(wanted), stop).ConfigureAwait(false);
    }

    private async Task StopAsync(ReplicaProcesses one, CancellationToken stop)
    {
        one.IsPublished = false;
        await replicas.PublishAsync(stop).ConfigureAwait(false);
        var began = time.GetTimestamp();
        while (
            time.GetElapsedTime(began) < s_forgetting
            && !await probe.IsForgottenAsync(one.Replica, stop).ConfigureAwait(false)
        )
            await Task.Delay(s_poll, time, stop).ConfigureAwait(false);
        await replicas.StopAsync(one).ConfigureAwait(false);
        LogStopped(one.Replica.Name);
    }

    /// <returns>Whether it is ready.</returns>
    private async Task<bool> PublishWhenReadyAsync(ReplicaProcesses one, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (await probe.NotReadyAsync(one.Replica, stop).ConfigureAwait(false) is { } late)
        {
            if (isSuperseded())
                return false;
            if (time.GetElapsedTime(began) >= s_patience)
            {
                one.IsLate = true;
                LogLate(late, (int)s_patience.TotalSeconds, replicas.LogOf(late));
                return false;
            }
            await Task.Delay(s_poll, time, stop).ConfigureAwait(false);
        }
        await PublishAsync(one, stop).ConfigureAwait(false);
        return true;
    }

    private async Task PublishAsync(ReplicaProcesses one, CancellationToken stop)
    {
        one.IsPublished = true;
        await replicas.PublishAsync(stop).ConfigureAwait(false);
        LogUp(one.Replica.Name, one.Replica.MeshAddress.ToString());
    }

    [LoggerMessage(LogLevel.Information, "{Name} is being started")]
    private partial void LogStarting(string name);

    [LoggerMessage(LogLevel.Information, "{Name} is up at {Address}")]
    private partial void LogUp(string name, string address);

    [LoggerMessage(LogLevel.Information, "{Name} is stopped")]
    private partial void LogStopped(string name);

    [LoggerMessage(LogLevel.Error, "{Name} is not ready after {Seconds} s and is waited for; see {LogFile}")]
    private partial void LogLate(string name, int seconds, string logFile);
}
