// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace ControlPlane.Tests.Durability;

/// <summary>
/// Two control planes on one etcd, and clients of both who write while each of the three is killed in turn: no write that was acknowledged is
/// lost, and both show the same in the same order.
/// </summary>
public sealed class TwoControlPlanesTests : IDisposable
{
    private const int Part = 25;

    private readonly ServingControlPlanes _mesh = new();
    private readonly RouteWriter _atFirst;
    private readonly RouteWriter _atSecond;

    public TwoControlPlanesTests()
    {
        _atFirst = new RouteWriter("a", () => _mesh.First.Address, _mesh.Client);
        _atSecond = new RouteWriter("b", () => _mesh.Second.Address, _mesh.Client);
    }

    [Fact]
    public async Task No_acknowledged_write_is_lost_when_each_is_killed_in_turn()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var stop = limit.Token;
        await Task.WhenAll(_mesh.StartAsync(_mesh.First, stop), _mesh.StartAsync(_mesh.Second, stop));
        var start = long.Parse((await _mesh.ListAsync(_mesh.First, stop)).Revision, CultureInfo.InvariantCulture);
        var watchers = new[] { _mesh.First, _mesh.Second }
            .Select(plane => new RouteWatcher(() => plane.Address, _mesh.Client))
            .ToArray();
        var watches = watchers.Select(watcher => watcher.UntilAsync("last-0", start, stop)).ToArray();

        await KillControlPlaneAsync(_mesh.First, _atFirst, _atSecond, stop);
        await KillControlPlaneAsync(_mesh.Second, _atSecond, _atFirst, stop);
        await KillEtcdAsync(stop);
        await KillAllAsync(stop);

        // Leases are renewed in between, so that the lists are of two moments.
        var (routes, _) = await _mesh.ListAsync(_mesh.First, stop);
        var (others, _) = await _mesh.ListAsync(_mesh.Second, stop);
        Assert.Equal(routes, others);
        Assert.Equal(_atFirst.There.Values.Concat(_atSecond.There.Values).OrderBy(static route => route.Name), routes);

        var last = new RouteWriter("last", () => _mesh.Second.Address, _mesh.Client);
        await last.WriteAsync(1, null, stop);
        var seen = await Task.WhenAll(watches);
        Assert.Equal(seen[0], seen[1]);
        var told = seen[0].Where(static one => one.Type != "DELETED").Select(static one => one.Route).ToHashSet();
        Assert.Superset(_atFirst.Acknowledged.Concat(_atSecond.Acknowledged).ToHashSet(), told);
        Assert.Equal(routes.Append(last.There["last-0"]), Replay(seen[0]).OrderBy(static route => route.Name));
        // Each of them was interrupted, or nothing was shown.
        Assert.All(watchers, static watcher => Assert.True(watcher.Breaks > 0));
        Assert.All([_atFirst, _atSecond], static writer => Assert.True(writer.Failures > 0));
    }

    public void Dispose() => _mesh.Dispose();

    /// <summary>Kills one amid a write; the other goes on, and sees no difference.</summary>
    private async Task KillControlPlaneAsync(
        ServingProcess plane,
        RouteWriter its,
        RouteWriter others,
        CancellationToken stop
    )
    {
        await Task.WhenAll(its.WriteAsync(Part, null, stop), others.WriteAsync(Part, null, stop));
        var before = others.Failures;
        var writing = its.WriteAsync(Part, plane.Kill, stop);
        await others.WriteAsync(Part, null, stop);
        Assert.Equal(before, others.Failures);
        await _mesh.StartAsync(plane, stop);
        await writing;
    }

    /// <summary>Kills etcd amid a write: both say so, and go on when it is back.</summary>
    private async Task KillEtcdAsync(CancellationToken stop)
    {
        await Task.WhenAll(_atFirst.WriteAsync(Part, null, stop), _atSecond.WriteAsync(Part, null, stop));
        _atFirst.WatchForFailure();
        _atSecond.WatchForFailure();
        var writing = Task.WhenAll(
            _atFirst.WriteAsync(Part, _mesh.Etcd.Kill, stop),
            _atSecond.WriteAsync(Part, null, stop)
        );
        // The first write may have been done before etcd died, the next was not.
        await Task.WhenAll(_atFirst.Failed.Task, _atSecond.Failed.Task).WaitAsync(stop);
        _mesh.Etcd.Start();
        await writing;
    }

    private async Task KillAllAsync(CancellationToken stop)
    {
        _mesh.First.Kill();
        _mesh.Etcd.Kill();
        _mesh.Second.Kill();
        // A control plane may be there before its store.
        var starting = _mesh.StartAsync(_mesh.First, stop);
        _mesh.Etcd.Start();
        await Task.WhenAll(starting, _mesh.StartAsync(_mesh.Second, stop));
    }

    /// <summary>What is there after the events.</summary>
    private static IEnumerable<WrittenRoute> Replay(IEnumerable<RouteEvent> events)
    {
        var there = new Dictionary<string, WrittenRoute>();
        foreach (var (type, route) in events)
        {
            Assert.Equal(type == "ADDED", !there.ContainsKey(route.Name));
            if (type == "DELETED")
                there.Remove(route.Name);
            else
                there[route.Name] = route;
        }
        return there.Values;
    }
}
