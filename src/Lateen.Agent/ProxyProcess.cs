// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Agent.Discovery;
using Lateen.Agent.Dns;
using Lateen.Agent.Secrets;
using Lateen.Agent.State;
using Lateen.Core;
using Lateen.Net;
using Lateen.Proxy.Admin;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Server;
using Lateen.Proxy.Stats;

namespace Lateen.Agent;

/// <summary>A whole proxy: workers, admin ports, the client of its control plane, its memory on disk.</summary>
public sealed class ProxyProcess : IDisposable
{
    /// <summary>Scopes of the log.</summary>
    public static IReadOnlyList<string> LogScopes { get; } =
    ["dns", "listener", "overload", "proxy", "runtime", "secret", "state", "xds"];

    private static readonly TimeSpan s_bindRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_trimDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_drainPoll = TimeSpan.FromMilliseconds(50);

    private readonly ProxyOptions _options;
    private readonly ILogSink _log;
    private readonly TimeProvider _time;
    private readonly Published<ProxyRuntime> _runtime = new(ProxyRuntime.Empty);
    private readonly ProxyTelemetry _telemetry;
    private readonly ConfigStore _store;
    private readonly OverloadManager _overload;
    private readonly ProxyServer _server;
    private readonly ResourceIntake _intake;
    private readonly LastGoodFile? _lastGood;
    private readonly ClusterResolver _resolver;
    private readonly XdsClient _client;
    private readonly SecretClients _secrets;
    private readonly ResourceFiles _files;
    private readonly AdminServer _admin;
    private readonly CancellationTokenSource _quit = new();
    private int _isTrimmed;

    /// <param name="levels">Levels of <paramref name="log"/>, which the admin interface changes.</param>
    public ProxyProcess(ProxyOptions options, string version, ILogSink log, LogLevels levels, TimeProvider time)
    {
        _options = options;
        _log = log;
        _time = time;
        var runtime = new RuntimeValues(options.Runtime);
        _telemetry = new ProxyTelemetry(options.Concurrency, options.Identity.ToWorkloadLabels(), runtime);
        _store = new ConfigStore(_runtime, _telemetry, time, options.SourceTimeouts);
        _overload = new OverloadManager(options.Overload, runtime);
        _overload.Switched += OnOverload;
        _server = new ProxyServer(_runtime, _telemetry, _overload, options.DrainTime, time);
        _intake = new ResourceIntake(_store, log);
        _resolver = new ClusterResolver(_store, System.Net.Dns.GetHostAddressesAsync, log, time);
        _lastGood = options.StateDirectory is { } directory
            ? new LastGoodFile(directory, options.Identity.NodeId, log, time)
            : null;
        _client = new XdsClient(
            new Uri($"http://{options.DiscoveryAddress}"),
            options.UseDelta,
            NodeBuilder.Build(options.Identity),
            _intake,
            new Backoff(Random.Shared),
            log,
            time
        );
        _secrets = new SecretClients(
            _store,
            _runtime,
            NodeBuilder.Build(options.Identity),
            options.SecretAddress,
            log,
            time
        );
        _files = new ResourceFiles(_store, _telemetry, log);
        State = new ProxyState(_store, _runtime, _telemetry, time)
        {
            Version = version,
            NodeId = options.Identity.NodeId,
            OnDrain = OnDrain,
            LogLevels = levels,
            Overload = _overload,
            Workers = _server.Workers,
            OnQuit = _quit.Cancel,
            IsConnected = () => _client.IsConnected,
        };
        _admin = new AdminServer(new AdminHandlers(State));
    }

    public ProxyState State { get; }

    /// <summary>Serves until told to stop, then drains.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">An admin port is taken.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        _store.Changed += OnRuntime;
        _store.Problem += (name, problem) => _log.Write(LogLevel.Warn, "secret", $"{name}: {problem}");
        WarnOfOverload();
        _server.Start();
        OpenAdmin();
        // Before anything else that could fail: traffic first.
        foreach (var update in _lastGood?.Load() ?? [])
            _intake.Take(update);
        if (State.IsReady)
            _log.Write(LogLevel.Info, "proxy", "serving with the last good configuration from disk");
        _intake.Taken += OnTaken;
        _files.Start();
        _store.Start();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, _quit.Token);
        using var background = new CancellationTokenSource();
        var tasks = Task.WhenAll(
            _client.RunAsync(ending.Token),
            _resolver.RunAsync(background.Token),
            _secrets.RunAsync(background.Token),
            _overload.RunAsync(_time, background.Token),
            _lastGood?.RunAsync(() => _store.Resources, background.Token) ?? Task.CompletedTask
        );
        await Cancelled(ending.Token).ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
        await background.CancelAsync().ConfigureAwait(false);
        await tasks.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _admin.Dispose();
        _files.Dispose();
        _store.Dispose();
        _server.Dispose();
        _telemetry.Dispose();
        _resolver.Dispose();
        _quit.Dispose();
    }

    private void WarnOfOverload()
    {
        if (_overload.State.MaxActiveDownstreamConnections == long.MaxValue)
            _log.Write(
                LogLevel.Warn,
                "overload",
                $"connections are not limited; set --global-downstream-max-connections or the runtime key {RuntimeValues.GlobalConnectionLimit}"
            );
        foreach (var key in _options.Runtime.Keys.Where(static key => !RuntimeValues.IsKnown(key)))
            _log.Write(LogLevel.Warn, "runtime", $"only filters of access logs may go by the key {key}");
    }

    private void OnOverload(OverloadAction action, bool isSaturated) =>
        _log.Write(
            isSaturated ? LogLevel.Warn : LogLevel.Info,
            "overload",
            $"{OverloadActionNames.NameOf(action)} is {(isSaturated ? "active" : "inactive")}"
        );

    private void OpenAdmin()
    {
        Listen(_options.AdminPort, AdminRole.Admin);
        Listen(_options.AgentPort, AdminRole.Agent);
        Listen(_options.StatusPort, AdminRole.Readiness);
        Listen(_options.PrometheusPort, AdminRole.Prometheus);
        _admin.Start();
    }

    private void Listen(int port, AdminRole role) =>
        _admin.Listen(NetAddress.From(new IPEndPoint(_options.AdminAddress, port)), role);

    private void OnDrain(DrainRequest request)
    {
        if (request.IsGraceful)
            _server.DrainGracefully(request.Scope, closesListeners: !request.SkipsExit);
        else
            _server.Drain(request.Scope);
    }

    private void OnTaken()
    {
        _lastGood?.Touch();
        _resolver.Touch();
        if (State.IsReady && Interlocked.Exchange(ref _isTrimmed, 1) == 0)
            _ = TrimAsync();
    }

    /// <summary>
    /// Gives back what starting needed and serving does not: decoded messages, buffers of the first updates. Once, a moment
    /// after the first configuration, when few have noticed us yet; steady state makes no garbage to collect.
    /// </summary>
    private async Task TrimAsync()
    {
        await Task.Delay(s_trimDelay, _time).ConfigureAwait(false);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private void OnRuntime(ProxyRuntime runtime)
    {
        var failures = _server.Apply(runtime);
        foreach (var (listener, reason) in failures)
            _log.Write(LogLevel.Error, "listener", $"{listener}: {reason}; trying again every second");
        if (failures.Count > 0)
            _ = RetryBindAsync();
    }

    private async Task RetryBindAsync()
    {
        do await Task.Delay(s_bindRetry, _time).ConfigureAwait(false);
        while (!_quit.IsCancellationRequested && _server.Apply(_runtime.Current).Count > 0);
    }

    /// <summary>Stops accepting and gives connections their time.</summary>
    private async Task DrainAsync()
    {
        if (_quit.IsCancellationRequested)
            return;
        _log.Write(LogLevel.Info, "proxy", "draining");
        // Listeners accept to the end, so that whoever has not heard of it yet is served; Istio does the same.
        State.Drain(
            new DrainRequest(
                _options.Identity.Role == "sidecar" ? DrainScope.Inbound : DrainScope.All,
                IsGraceful: true,
                SkipsExit: true
            )
        );
        var began = _time.GetTimestamp();
        while (_time.GetElapsedTime(began) < _options.TerminationDrainDuration)
        {
            if (_options.ExitOnZeroActiveConnections && _telemetry.Stats.ActiveConnections == 0)
                return;
            await Task.Delay(s_drainPoll, _time).ConfigureAwait(false);
        }
    }

    private static async Task Cancelled(CancellationToken token)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(done.SetResult).ConfigureAwait(false);
        await done.Task.ConfigureAwait(false);
    }
}
