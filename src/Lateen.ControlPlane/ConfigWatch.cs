// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Sources;
using Lateen.ControlPlane.Statuses;
using Lateen.Core;
using Lateen.Discovery;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Lateen.ControlPlane;

/// <summary>Follows the configuration: every change goes, debounced, into the mesh and to the proxies.</summary>
internal sealed partial class ConfigWatch : BackgroundService
{
    private readonly MeshState _mesh;
    private readonly ProxyRegistry _proxies;
    private readonly ILogger _log;
    private readonly Debouncer _debouncer;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    public ConfigWatch(
        ControlPlaneOptions options,
        MeshState mesh,
        ProxyRegistry proxies,
        ConfigHistory history,
        TimeProvider time,
        ILogger<ConfigWatch> log
    )
    {
        _mesh = mesh;
        _proxies = proxies;
        _time = time;
        _log = log;
        var store = StoreOf(options);
        List<ITextSource> sources = [new DirectoryTexts(options.ConfigPaths)];
        if (options.MeshConfigPath is { } settings)
            sources.Add(DirectoryTexts.OfMesh(settings));
        if (store is not null)
            sources.Add(store);
        Source = new ConfigSource(sources, LastGoodOf(options));
        if (store is not null)
            Source.Loaded += () => history.Record(Source.Current.Revision, store.Taken);
        _debouncer = new Debouncer(Push, time, options.DebounceQuiet, options.DebounceMax);
        Source.Changed += OnChanged;
        if (options.ConfigPaths.Count == 0 && options.Store is null)
            LogNoPaths();
    }

    public ConfigSource Source { get; }

    /// <summary>Takes the configuration in before the ports open: no proxy is served before.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await Source.StartAsync(cancellationToken).ConfigureAwait(false);
        Push(_time.GetTimestamp());
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        _debouncer.Dispose();
        Source.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Source.RunAsync(stoppingToken);

    /// <summary>A store that nobody else writes checks what is written.</summary>
    private LastGoodTexts? LastGoodOf(ControlPlaneOptions options) =>
        options.StateDirectory is { } directory
        && (options.ConfigPaths.Count > 0 || options.Store is { IsShared: true })
            ? LastGoodFile.Open(directory, options.Store?.Location ?? "", _time)
            : null;

    private StoreTexts? StoreOf(ControlPlaneOptions options)
    {
        if (options.Store is null)
            return null;
        var store = new StoreTexts(options.Store, _time);
        store.Unavailable += unavailable => LogStoreAway(unavailable.Message);
        options.Store.Warned += LogStoreWarning;
        return store;
    }

    private void OnChanged(ConfigSnapshot snapshot, IReadOnlyList<Problem> problems)
    {
        foreach (var problem in problems)
        {
            if (problem.Severity == Severity.Error)
                LogError(problem.ToString());
            else
                LogWarning(problem.ToString());
        }
        _debouncer.Touch();
    }

    private void Push(long changedAt)
    {
        // A timer's turns could overlap; the mesh is built by one at a time.
        lock (_gate)
        {
            var config = Source.Current;
            if (config.Revision == _mesh.Config.Revision || !_mesh.Update(config))
                return;
        }
        _proxies.PushAll(changedAt);
    }

    [LoggerMessage(LogLevel.Error, "{Problem}")]
    private partial void LogError(string problem);

    [LoggerMessage(LogLevel.Warning, "{Problem}")]
    private partial void LogWarning(string problem);

    [LoggerMessage(
        LogLevel.Warning,
        "The store cannot be reached and is asked again; the configuration read so far holds: {Problem}"
    )]
    private partial void LogStoreAway(string problem);

    [LoggerMessage(LogLevel.Warning, "The store: {Problem}")]
    private partial void LogStoreWarning(string problem);

    [LoggerMessage(LogLevel.Warning, "No configuration was named (--config-dir): the mesh is empty")]
    private partial void LogNoPaths();
}
