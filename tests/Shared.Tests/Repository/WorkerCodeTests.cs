// SPDX-License-Identifier: Apache-2.0
namespace Shared.Tests.Repository;

/// <summary>What runs on a worker's thread neither enumerates with LINQ, nor locks, nor uses .NET's sockets.</summary>
public sealed class WorkerCodeTests
{
    /// <summary>Namespaces of which every type may run on a worker.</summary>
    private static readonly string[] s_workerNamespaces =
    [
        "Lateen.Http",
        "Lateen.Net",
        "Lateen.Proxy.Http",
        "Lateen.Proxy.Tcp",
        "Lateen.Proxy.Upstream",
        "Lateen.Proxy.Health.Checks",
        "Lateen.Proxy.Filters",
        "Lateen.Proxy.Streams",
    ];

    /// <summary>Types in other namespaces that requests go through.</summary>
    private static readonly string[] s_workerTypes =
    [
        "Lateen.Proxy.AccessLogs.AccessLog",
        "Lateen.Proxy.AccessLogs.AccessLogFile",
        "Lateen.Proxy.AccessLogs.LogRing",
        "Lateen.Proxy.Listeners.FilterChainMatcher",
        "Lateen.Proxy.Overload.ConnectionCount",
        "Lateen.Proxy.Overload.OverloadState",
        "Lateen.Proxy.Routing.RouteMatcher",
        "Lateen.Proxy.Server.ActiveListener",
        "Lateen.Proxy.Server.ConnectionGate",
        "Lateen.Proxy.Server.Worker",
        "Lateen.Proxy.Stats.ClusterStats",
        "Lateen.Proxy.Stats.HttpStats",
        "Lateen.Proxy.Stats.TcpStats",
        "Lateen.Proxy.Stats.ListenerStats",
        "Lateen.Proxy.Stats.IstioWorkerTable",
        "Lateen.Telemetry.WorkerCells",
        "Lateen.Telemetry.WorkerHistogram",
    ];

    private static readonly string[] s_banned =
    [
        "System.Linq.Enumerable",
        "System.Threading.Monitor",
        "System.Threading.Lock",
        "System.Threading.SemaphoreSlim",
        "System.Threading.Tasks.Task",
        "System.Net.Sockets.Socket",
    ];

    public static TheoryData<string> Rooms => ["Lateen.Http", "Lateen.Net", "Lateen.Proxy", "Lateen.Telemetry"];

    [Theory, MemberData(nameof(Rooms))]
    public void A_worker_calls_nothing_that_blocks_or_allocates_by_nature(string room)
    {
        using var calls = new MethodCalls(PathOf(room));
        Assert.Empty(
            calls
                .All()
                .Where(static call => IsWorker(call.Caller) && s_banned.Contains(call.Called))
                .Distinct()
                .ToArray()
        );
    }

    [Fact]
    public void The_types_that_this_test_names_exist()
    {
        var types = Rooms
            .SelectMany(static row => new MethodCalls(PathOf(row.Data)).All())
            .Select(static call => call.Caller);
        Assert.Empty(s_workerTypes.Except(types).ToArray());
    }

    [Fact]
    public void The_reader_finds_the_calls_there_are()
    {
        using var calls = new MethodCalls(PathOf("Lateen.Telemetry"));
        Assert.Contains(("Lateen.Telemetry.PrometheusText", "System.Linq.Enumerable"), calls.All());
    }

    private static bool IsWorker(string type) =>
        s_workerTypes.Contains(type)
        || s_workerNamespaces.Any(name => type.StartsWith(name + ".", StringComparison.Ordinal));

    private static string PathOf(string room) => Path.Combine(AppContext.BaseDirectory, $"{room}.dll");
}
