// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Handling;
using Lateen.ControlPlane.ResourceApi.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane.ResourceApi;

/// <summary>The parts of the API over a store, put together. It knows nothing of listeners.</summary>
internal sealed partial class ApiComposition
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly NamespaceLifecycle _namespaces;
    private readonly TimeProvider _time;
    private readonly ApiRouter _router;
    private readonly ILogger _log;
    private volatile bool _isReady;

    /// <param name="authenticator">Null where there is no TLS.</param>
    /// <param name="stopping">Ends watches.</param>
    /// <param name="advice">Null where no configuration is at hand.</param>
    public ApiComposition(
        IResourceStore store,
        TimeProvider time,
        IApiAuthenticator? authenticator,
        ILoggerFactory logs,
        CancellationToken stopping,
        ReferenceAdvice? advice = null
    )
    {
        _time = time;
        _log = logs.CreateLogger<ApiComposition>();
        _namespaces = new NamespaceLifecycle(store, time);
        var writes = new ObjectWrites(store, _namespaces, time);
        var handlers = new ObjectHandlers(
            new ObjectReads(store),
            writes,
            new ObjectPatches(store, writes, _namespaces, time),
            new ObjectDeletion(store, _namespaces, time),
            advice
        );
        var watches = new WatchStreams(new ObjectWatch(store, time), time, stopping);
        _router = new ApiRouter(
            new ApiCallers(authenticator),
            new ApiPages(() => _isReady),
            new ObjectRequests(handlers, watches, time),
            logs.CreateLogger<ApiRouter>()
        );
    }

    /// <summary>Answers a request, whatever happens.</summary>
    public Task HandleAsync(HttpContext http) => _router.HandleAsync(http);

    /// <summary>Until the store is there: a control plane may start before its database.</summary>
    public async Task PrepareAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await _namespaces.StartAsync(stop).ConfigureAwait(false);
                _isReady = true;
                return;
            }
            catch (StoreUnavailableException unavailable)
            {
                LogUnavailable(unavailable.Message);
                await Task.Delay(s_retry, _time, stop).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The store cannot be reached, and is tried again: {Problem}")]
    private partial void LogUnavailable(string problem);
}
