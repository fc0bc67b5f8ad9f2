// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Lateen.Config;
using Lateen.Config.Analysis;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Sources;
using Lateen.Config.Stores;
using Lateen.ControlPlane;
using Lateen.Mesh;
using Lateen.Stores.Sqlite;
using Microsoft.Extensions.Logging;

namespace Lateen.Bench.Config;

/// <summary>The measured process: a whole control plane that loads what is at a path, and then follows changes there.</summary>
internal sealed class ConfigLoad
{
    public const string Verb = "config-load";
    public const string Files = "files";
    public const string Store = "sqlite";

    private const int Changes = 50;

    /// <summary>What <c>Must show</c> asks for: seconds, MB, milliseconds.</summary>
    private const int MostSeconds = 10;
    private const int MostMegabytes = 600;
    private const int MostMilliseconds = 20;

    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(3);

    private readonly string _kind;
    private readonly ControlPlaneHost _host;
    private readonly Func<int, string, Task> _write;
    private TaskCompletionSource<long> _changed = new();
    private readonly List<double> _meshTimes = [];
    private MeshSnapshot? _mesh;
    private int _route;
    private int _seconds = 10;

    private ConfigLoad(string kind, ControlPlaneHost host, Func<int, string, Task> write)
    {
        _kind = kind;
        _host = host;
        _write = write;
        host.Config.Changed += (snapshot, _) => OnChanged(snapshot);
    }

    public static async Task<int> RunAsync(string kind, string path)
    {
        using var store = kind == Store ? SqliteStore.Open(path) : null;
        await using var host = new ControlPlaneHost(
            new ControlPlaneOptions
            {
                ConfigPaths = store is null ? [path] : [],
                Store = store,
                XdsPort = 0,
                MonitoringPort = 0,
                DebugPort = null,
            },
            TimeProvider.System,
            static logging => logging.SetMinimumLevel(LogLevel.Error)
        );
        var bench = new ConfigLoad(
            kind,
            host,
            (i, route) =>
                store is null
                    ? File.WriteAllTextAsync(GeneratedConfig.RouteFile(path, i), route)
                    : WriteAsync(store, i, route)
        );
        await bench.LoadAsync();
        if (store is not null)
        {
            await BeginAsync(store);
            await bench.ChangeAsync("statuses_being_written");
            await SettleAsync(store);
        }
        bench.Analyse();
        await bench.ChangeAsync("quiet");
        await host.StopAsync();
        return 0;
    }

    private async Task LoadAsync()
    {
        await _host.StartAsync(CancellationToken.None);
        using var process = Process.GetCurrentProcess();
        var time = TimeProvider.System.GetUtcNow().UtcDateTime - process.StartTime.ToUniversalTime();
        var config = _host.Mesh.Config;
        var loaded = config.Resources.Count;
        if (loaded != 2 * GeneratedConfig.Pairs || config.Problems.Count > 0)
            throw new InvalidOperationException(
                $"{loaded} objects are in force, with {config.Problems.Count} problems: {(config.Problems.Count > 0 ? config.Problems[0] : "")}"
            );
        Console.WriteLine(
            $"bench=config source={_kind} objects={loaded} load={time.TotalSeconds:0.0} limit={MostSeconds} unit=s_from_exec"
        );
        Console.WriteLine(
            $"bench=config source={_kind} peak={Megabytes("VmHWM:"):0} now={Megabytes("VmRSS:"):0} limit={MostMegabytes} unit=mb_rss"
        );
    }

    /// <summary>Until statuses are being written: the first control plane of a store has 20,000 to write.</summary>
    private static async Task BeginAsync(SqliteStore store)
    {
        while (
            (await store.ListAsync(ObjectScope.Everything, limit: 1)).Revision < (2 * GeneratedConfig.Pairs) + Changes
        )
            await Task.Delay(s_settled / 100);
    }

    /// <summary>Until it has written what it will.</summary>
    private static async Task SettleAsync(SqliteStore store)
    {
        var began = Stopwatch.GetTimestamp();
        var last = began;
        var revision = 0L;
        while (Stopwatch.GetElapsedTime(last) < s_settled)
        {
            await Task.Delay(s_settled / 10);
            var now = (await store.ListAsync(ObjectScope.Everything, limit: 1)).Revision;
            if (now != revision)
                (revision, last) = (now, Stopwatch.GetTimestamp());
        }
        Console.WriteLine(
            $"bench=config source={Store} statuses={revision - (2 * GeneratedConfig.Pairs) - Changes} written={Stopwatch.GetElapsedTime(began, last).TotalSeconds:0.0} "
                + $"peak_mb={Megabytes("VmHWM:"):0} limit={MostMegabytes} unit=s"
        );
    }

    /// <summary>What is looked at for statuses and by <c>lateen analyze</c>.</summary>
    private void Analyse()
    {
        var began = Stopwatch.GetTimestamp();
        var found = MeshAnalysis.Run(_host.Config.Current).Count;
        Console.WriteLine(
            $"bench=config source={_kind} analysis={Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} findings={found} unit=ms"
        );
    }

    /// <summary>One object after the other is written; each must be in force before the next one is.</summary>
    /// <param name="meanwhile">What else happens.</param>
    private async Task ChangeAsync(string meanwhile)
    {
        var times = new List<double>();
        var before = _host.Config.Work;
        BuildMesh(_host.Config.Current);
        _meshTimes.Clear();
        for (var change = 0; change < Changes; change++)
        {
            _route = change * (GeneratedConfig.Pairs / Changes);
            _seconds++;
            _changed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            var route = GeneratedConfig.Route(_route, _seconds);
            if (_kind == Store)
                route = GeneratedConfig.Json(route);
            var began = Stopwatch.GetTimestamp();
            await _write(_route, route);
            var inForce = await _changed.Task.WaitAsync(TimeSpan.FromSeconds(30));
            times.Add(Stopwatch.GetElapsedTime(began, inForce).TotalMilliseconds);
            BuildMesh(_host.Config.Current);
        }
        var work = _host.Config.Work;
        // A file is left alone for a moment, since editors write in several steps: that is no work, and told apart.
        var quiet = _kind == Files ? DirectoryTexts.Quiet.TotalMilliseconds : 0;
        Console.WriteLine(
            $"bench=config source={_kind} meanwhile={meanwhile} changes={Changes} change={Report.Median(times) - quiet:0.0} first={times[0] - quiet:0.0} "
                + $"max={times.Max() - quiet:0.0} limit={MostMilliseconds} quiet={quiet:0} "
                + $"validated={work.Validated - before.Validated} merged={work.Merged - before.Merged} unit=ms_write_to_snapshot"
        );
        Console.WriteLine(
            $"bench=config source={_kind} meanwhile={meanwhile} mesh={Report.Median(_meshTimes):0.0} max={_meshTimes.Max():0.0} unit=ms_snapshot_to_mesh"
        );
    }

    /// <summary>What follows once changes are debounced: the mesh of a snapshot, most of which was in the one before.</summary>
    private void BuildMesh(ConfigSnapshot config)
    {
        var began = Stopwatch.GetTimestamp();
        _mesh = MeshBuilder.Build(config, EndpointSnapshot.From(config), MeshConfig.Default, _mesh);
        _meshTimes.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private void OnChanged(ConfigSnapshot snapshot)
    {
        var now = Stopwatch.GetTimestamp();
        var name = GeneratedConfig.RouteKey(_route).Name;
        var route = snapshot.Of<VirtualService>().FirstOrDefault(route => route.Name == name);
        if (route?.Spec.Http[0].Timeout == TimeSpan.FromSeconds(_seconds))
            _changed.TrySetResult(now);
    }

    private static async Task WriteAsync(SqliteStore store, int i, string route)
    {
        var outcome = await store.PutAsync(GeneratedConfig.RouteKey(i), Encoding.UTF8.GetBytes(route), expected: null);
        if (outcome.Status != WriteStatus.Done)
            throw new InvalidOperationException($"the store answers {outcome.Status}");
    }

    private static double Megabytes(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim()) / 1024.0;
    }
}
