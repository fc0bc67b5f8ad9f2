// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Local;
using Lateen.Config.Sources;
using Lateen.Core;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>
/// A whole mesh on this machine: a control plane, one program and one sidecar for each replica, the gateways; all of them
/// processes that are kept alive until the end. What its files say of Workloads is followed.
/// </summary>
public sealed partial class LocalMesh : IAsyncDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(25);

    /// <summary>Those that were not ready in time are looked after so often.</summary>
    private static readonly TimeSpan s_lateness = TimeSpan.FromSeconds(1);

    private readonly LocalMeshOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConfigSource _source;
    private readonly IReadOnlyList<Replica> _first;
    private readonly ReplicaSet _replicas;
    private readonly ReplicaProbe _probe;
    private readonly SupervisedProcess _controlPlane;
    private readonly SemaphoreSlim _changed = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _tasks = [];

    /// <summary>As they were followed last.</summary>
    private IReadOnlyList<ConfigResource> _workloads;

    /// <exception cref="ConfigurationException">The configuration has errors, or no Workload.</exception>
    public LocalMesh(LocalMeshOptions options, TimeProvider time, ILoggerFactory logs)
    {
        _options = options;
        _time = time;
        _log = logs.CreateLogger("up");
        _replicas = new ReplicaSet(options, time, _log, _stop.Token);
        _probe = new ReplicaProbe(Monitoring);
        _controlPlane = _replicas.Supervised(
            "control-plane",
            () => ProcessTemplates.ControlPlane(options, _replicas.Generated)
        );
        _source = new ConfigSource(
            [new DirectoryTexts(options.ConfigPaths)],
            LastGoodFile.Find(options.ControlPlaneDirectory, time)
        );
        try
        {
            _source.Load();
            // What comes from here on is kept by the control plane.
            _source.StopKeeping();
            _workloads = [.. _source.Current.Of<Workload>()];
            _first = FirstReplicas();
        }
        catch (ConfigurationException)
        {
            _source.Dispose();
            throw;
        }
    }

    /// <summary>What is to run at the start; what runs now.</summary>
    public IReadOnlyList<Replica> Replicas =>
        _tasks.Count == 0 ? _first : _replicas.Running.Select(static one => one.Replica).ToList();

    public SupervisedProcess ControlPlane => _controlPlane;

    /// <summary>Where the control plane answers questions.</summary>
    public Uri Monitoring => new($"http://127.0.0.1:{_options.MonitoringPort}");

    /// <summary>A file by which <c>kubectl</c> finds the resource API.</summary>
    public string Kubeconfig => Path.Combine(_options.StateDirectory, "kubeconfig");

    /// <summary>The proxy process beside a replica.</summary>
    public SupervisedProcess ProxyOf(Replica replica) =>
        _replicas.Running.Single(one => one.Replica.Id == replica.Id).Proxy;

    /// <summary>Starts everything; returns when every proxy is ready and every program listens.</summary>
    /// <exception cref="TimeoutException">Something did not come up in time; the message names it and its log.</exception>
    public async Task StartAsync(TimeSpan limit, CancellationToken cancel)
    {
        Directory.CreateDirectory(_replicas.Generated);
        Directory.CreateDirectory(Path.Combine(_options.StateDirectory, "logs"));
        await _replicas.WriteAsync(_first, cancel).ConfigureAwait(false);
        await File.WriteAllTextAsync(
                Kubeconfig,
                ResourceApi.Security.Kubeconfig.Write(new IPEndPoint(IPAddress.Loopback, _options.ApiPort), null, null),
                cancel
            )
            .ConfigureAwait(false);
        _tasks.Add(_controlPlane.RunAsync(_stop.Token));
        foreach (var replica in _first)
            _replicas.Start(replica, isPublished: true);
        using var timeout = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        await Task.WhenAll(_first.Select(replica => WaitForAsync(replica, either.Token))).ConfigureAwait(false);
        // What was edited meanwhile is the first change.
        _source.Changed += OnChanged;
        await _source.StartAsync(_stop.Token).ConfigureAwait(false);
        _tasks.Add(_source.RunAsync(_stop.Token));
        _tasks.Add(FollowAsync());
    }

    /// <summary>Waits until a replica's proxy says it is ready and its program accepts connections.</summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task WaitForAsync(Replica replica, CancellationToken cancel)
    {
        var late = replica.ProxyName;
        try
        {
            while (await _probe.NotReadyAsync(replica, cancel).ConfigureAwait(false) is { } missing)
            {
                late = missing;
                await Task.Delay(s_poll, _time, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException cause)
        {
            throw new TimeoutException($"{late} is not ready; see {_replicas.LogOf(late)}", cause);
        }
    }

    /// <summary>Stops all processes and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_tasks).ConfigureAwait(false);
        await _replicas.DisposeAsync().ConfigureAwait(false);
        _source.Dispose();
        _probe.Dispose();
        _changed.Dispose();
        _stop.Dispose();
    }

    private IReadOnlyList<Replica> FirstReplicas()
    {
        Check();
        var replicas = ReplicaPlan.Of(_source.Current, []);
        return replicas.Count > 0
            ? replicas
            : throw new ConfigurationException([
                $"{string.Join(", ", _options.ConfigPaths)}: there is no Workload; add one to say what runs",
            ]);
    }

    /// <summary>A mesh that ran starts again, although somebody has made a mistake since; a new one does not begin with one.</summary>
    private void Check()
    {
        var held = _source.Restored.ToHashSet(StringComparer.Ordinal);
        var problems = FieldPlaces.InFiles(_source.Current.Problems);
        var errors = problems
            .Where(problem => problem.Severity == Severity.Error && !held.Contains(problem.Where.Source))
            .Select(static problem => problem.ToString())
            .ToList();
        if (errors.Count > 0)
            throw new ConfigurationException(errors);
        foreach (var problem in problems.Where(problem => held.Contains(problem.Where.Source)))
            LogHeld(problem.ToString());
    }

    private void OnChanged(ConfigSnapshot config, IReadOnlyList<Problem> problems)
    {
        // Its control plane tells of everything in its log; what keeps a document out of force is for whoever just wrote it.
        foreach (var problem in problems.Where(static problem => problem.Severity == Severity.Error))
            LogProblem(problem.ToString());
        // Routes and rules change nothing of what runs, nor does what is written here.
        var workloads = config.Of<Workload>().ToArray();
        if (workloads.SequenceEqual(_workloads, ReferenceEqualityComparer.Instance))
            return;
        _workloads = workloads;
        _changed.Release();
    }

    private async Task FollowAsync()
    {
        var rollout = new Rollout(_replicas, _probe, () => _changed.CurrentCount > 0, _time, _log);
        try
        {
            while (true)
            {
                if (!await _changed.WaitAsync(s_lateness, _stop.Token).ConfigureAwait(false))
                {
                    // Replicas of its workload may have waited for it.
                    if (await rollout.PublishLateAsync(_stop.Token).ConfigureAwait(false))
                        _changed.Release();
                    continue;
                }
                while (await _changed.WaitAsync(TimeSpan.Zero, _stop.Token).ConfigureAwait(false)) { }
                await FollowOnceAsync(rollout).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task FollowOnceAsync(Rollout rollout)
    {
        try
        {
            await rollout.RunAsync(ReplicaPlan.Of(_source.Current, Replicas), _stop.Token).ConfigureAwait(false);
        }
        catch (ConfigurationException wrong)
        {
            foreach (var problem in wrong.Problems)
                LogProblem(problem);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogStuck(failure.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Problem}")]
    private partial void LogHeld(string problem);

    [LoggerMessage(LogLevel.Error, "{Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(LogLevel.Error, "The change cannot be carried out, and is tried with the next one: {Why}")]
    private partial void LogStuck(string why);
}
