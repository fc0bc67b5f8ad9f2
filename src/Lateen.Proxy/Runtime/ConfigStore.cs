// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Google.Protobuf;
using Lateen.Core;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Stats;
using Lateen.Proxy.TransportSockets;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using EndpointApi = Envoy.Config.Endpoint.V3;
using ListenerApi = Envoy.Config.Listener.V3;
using RouteApi = Envoy.Config.Route.V3;

namespace Lateen.Proxy.Runtime;

/// <summary>
/// Takes xDS resources, keeps what is good of them, and publishes a whole <see cref="ProxyRuntime"/> after each update.
/// Updates come from the xDS client and from DNS; a lock takes them one at a time. Requests never meet it.
/// </summary>
/// <remarks>
/// Warming: an EDS cluster is in force once its endpoints are there, a listener once its routes are, and either once its
/// secrets are, and the first round of its health checks is over. Until then the previous version, if there was one, serves. What has
/// not come in its <c>initial_fetch_timeout</c> is waited for no longer: no endpoints, no routes, no handshakes until it comes.
/// </remarks>
public sealed class ConfigStore : IResourceConsumer, IDisposable
{
    private readonly Published<ProxyRuntime> _published;
    private readonly ProxyTelemetry _telemetry;
    private readonly SourceTimeouts _timeouts;
    private readonly ClusterWarming _warming;
    private readonly ResourceTable<ClusterSpec> _clusters = new(TypeUrls.Cluster);
    private readonly ResourceTable<EndpointSetSpec> _endpoints = new(TypeUrls.Endpoints);
    private readonly ResourceTable<ListenerRuntime> _listeners = new(TypeUrls.Listener);
    private readonly ResourceTable<RouteTable> _routes = new(TypeUrls.Route);
    private readonly SocketTable _sockets = new();
    private readonly SecretTable _secrets;
    private readonly ResourceReferences _references;
    private readonly InitialFetches _fetches;
    private readonly Dictionary<string, ResolvedEndpoints> _resolved = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _hasClusters;
    private bool _hasListeners;
    private bool _asksForListeners;
    private bool _isDisposed;

    /// <param name="time">The system's by default.</param>
    public ConfigStore(
        Published<ProxyRuntime> published,
        ProxyTelemetry telemetry,
        TimeProvider? time = null,
        SourceTimeouts? timeouts = null
    )
    {
        _timeouts = timeouts ?? SourceTimeouts.Default;
        _published = published;
        _telemetry = telemetry;
        _warming = new ClusterWarming(telemetry.Stats, QueueRefresh);
        _references = new ResourceReferences(_clusters, _listeners, SocketsOf);
        _secrets = new SecretTable(telemetry.Stats, OnDirectoryChanged, OnSecretFailed);
        _fetches = new InitialFetches(time ?? TimeProvider.System, OnGivenUp);
    }

    /// <summary>Raised after a new runtime was published, on the thread that applied the update.</summary>
    public event Action<ProxyRuntime>? Changed;

    /// <summary>Raised with the name of a resource and what is wrong with it that only shows together with its secrets.</summary>
    public event Action<string, string>? Problem;

    /// <inheritdoc/>
    public event Action? GivenUp;

    /// <summary>True once all clusters and listeners that have come are in force, and nothing is waited for (Envoy's LIVE).</summary>
    public bool IsLive { get; private set; }

    /// <summary>True once clusters and listeners have come and all of them are in force.</summary>
    public bool IsReady => IsLive && _hasClusters && _hasListeners;

    /// <summary>Every resource that is in force or warming, as it came; secrets apart, which go to no disk.</summary>
    public IReadOnlyList<(string TypeUrl, NamedResource Resource)> Resources
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _clusters.Resources.Select(static resource => (TypeUrls.Cluster, resource)),
                    .. _endpoints.Resources.Select(static resource => (TypeUrls.Endpoints, resource)),
                    .. _listeners.Resources.Select(static resource => (TypeUrls.Listener, resource)),
                    .. _routes.Resources.Select(static resource => (TypeUrls.Route, resource)),
                ];
            }
        }
    }

    /// <summary>Clusters whose endpoints have DNS names, for the resolver.</summary>
    public IReadOnlyList<ClusterSpec> DnsClusters
    {
        get
        {
            lock (_gate)
            {
                return _clusters
                    .Values.Select(static pair => pair.Value)
                    .Where(static spec => spec.Kind is ClusterKind.StrictDns or ClusterKind.LogicalDns)
                    .ToList();
            }
        }
    }

    /// <summary>From here on sources are waited for.</summary>
    public void Start() => Refresh();

    public IReadOnlyList<ResourceRejection> Apply(ResourceUpdate update)
    {
        lock (_gate)
            return ApplyLocked(update);
    }

    private IReadOnlyList<ResourceRejection> ApplyLocked(ResourceUpdate update)
    {
        var rejections = update.TypeUrl switch
        {
            TypeUrls.Cluster => _clusters.Apply(update, DecodeCluster),
            TypeUrls.Endpoints => _endpoints.Apply(update, DecodeEndpoints),
            TypeUrls.Listener => _listeners.Apply(update, DecodeListener),
            TypeUrls.Route => _routes.Apply(update, DecodeRoutes),
            TypeUrls.Secret => _secrets.Apply(update),
            _ => [new ResourceRejection(update.TypeUrl, $"{update.TypeUrl} is a type this proxy did not ask for")],
        };
        _telemetry.Stats.Subscription(update.TypeUrl)?.OnUpdate(update.SystemVersion, rejections.Count > 0);
        _hasClusters |= update.TypeUrl == TypeUrls.Cluster;
        _hasListeners |= update.TypeUrl == TypeUrls.Listener;
        Publish();
        return rejections;
    }

    /// <summary>Takes a secret that a server of its own has sent.</summary>
    /// <returns>Why it cannot be used, its version before staying in force; null when all is well.</returns>
    public string? Apply(ServedSecret secret, NamedResource resource)
    {
        lock (_gate)
        {
            var rejection = _secrets.Apply(secret, resource);
            Publish();
            return rejection?.Message;
        }
    }

    /// <summary>A server has sent something that is not the secret which was asked for.</summary>
    public void OnRejected(ServedSecret secret) => _telemetry.Stats.Secret(secret.Name).OnUpdate(rejected: true);

    /// <summary>Secrets to be asked for from servers of their own.</summary>
    public IReadOnlySet<ServedSecret> ServedSecrets
    {
        get
        {
            lock (_gate)
                return _references.ServedSecrets();
        }
    }

    /// <summary>Puts the addresses in force that the names of a DNS cluster resolved to.</summary>
    public void SetResolved(string cluster, EndpointSetSpec endpoints)
    {
        lock (_gate)
        {
            if (!_clusters.TryGet(cluster, out var spec))
                return;
            _resolved[cluster] = new ResolvedEndpoints(spec, endpoints);
            Publish();
        }
    }

    /// <summary>
    /// Secrets that the agent beside the proxy brings, rather than the control plane: <c>default</c>, <c>ROOTCA</c>, files.
    /// They come through <see cref="Apply"/> too.
    /// </summary>
    public IReadOnlyCollection<string> LocalSecretNames
    {
        get
        {
            lock (_gate)
                return _references.LocalSecretNames();
        }
    }

    /// <summary>Files that endpoints and routes come from.</summary>
    public IReadOnlyList<ResourceFile> ResourceFiles
    {
        get
        {
            lock (_gate)
                return _references.Files();
        }
    }

    public IReadOnlyCollection<string> ReferencedNames(string typeUrl)
    {
        lock (_gate)
            return _references.NamesOf(typeUrl);
    }

    public bool HasGivenUp(string typeUrl, string name)
    {
        lock (_gate)
            return _fetches.HasGivenUp(typeUrl, name);
    }

    private void OnGivenUp(string typeUrl, string name)
    {
        if (typeUrl == TypeUrls.Secret)
            _telemetry.Stats.Secret(name).OnGivenUp();
        else
            _telemetry.Stats.Subscription(typeUrl)?.OnGivenUp();
        GivenUp?.Invoke();
        QueueRefresh();
    }

    /// <summary>Something was decided by itself, as by health checks: what waits for it may be in force now.</summary>
    private void QueueRefresh() =>
        ThreadPool.UnsafeQueueUserWorkItem(static store => store.Refresh(), this, preferLocal: false);

    private void Refresh()
    {
        lock (_gate)
        {
            if (!_isDisposed)
                Publish();
        }
    }

    /// <summary>Watches no files any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _secrets.Dispose();
            _fetches.Dispose();
        }
    }

    private ClusterSockets SocketsOf(ClusterSpec spec) => _sockets.Of(spec, _telemetry.Stats);

    /// <summary>Files were exchanged, as the kernel tells.</summary>
    private void OnDirectoryChanged(string directory, bool isMove)
    {
        lock (_gate)
        {
            if (!_isDisposed && _secrets.Reload(directory, isMove))
                Publish();
        }
    }

    private void OnSecretFailed(string name, string problem, bool hasLastGood)
    {
        if (hasLastGood)
            _telemetry.Stats.Secret(name).OnRotationFailed();
        Report(name, $"{problem}; {(hasLastGood ? "the last good version stays in force" : "waiting for it")}");
    }

    private void Publish()
    {
        var previous = _published.Current;
        _sockets.Retain(_clusters);
        _warming.Retain(_clusters);
        _secrets.Retain(_references.ServedSecrets());
        _fetches.Begin();
        var clusters = BuildClusters(previous, out var allClusters);
        var listeners = BuildListeners(previous, out var warmingListeners);
        // Listeners are asked for when clusters are there, as in Envoy, and waited for from then on.
        _asksForListeners |= IsPast(TypeUrls.Cluster, _hasClusters, _timeouts.Clusters) && allClusters;
        var isComplete =
            _asksForListeners && IsPast(TypeUrls.Listener, _hasListeners, _timeouts.Listeners) && warmingListeners == 0;
        IsLive = isComplete && allClusters;
        _fetches.End();
        var next = new ProxyRuntime(
            previous.Revision + 1,
            listeners.ToFrozenDictionary(StringComparer.Ordinal),
            _routes.Values.ToFrozenDictionary(StringComparer.Ordinal),
            clusters.ToFrozenDictionary(StringComparer.Ordinal)
        )
        {
            Warming = _warming.Waiting,
            WarmingListeners = warmingListeners,
        };
        _published.Replace(next);
        foreach (var (name, cluster) in previous.Clusters)
        {
            if (!clusters.ContainsKey(name))
                _telemetry.Stats.ForgetCluster(cluster.Spec.StatName);
        }
        Changed?.Invoke(next);
        // What was exchanged between its first reading and the watch over it.
        if (!_isDisposed && _secrets.Settle())
            QueueRefresh();
    }

    /// <summary>A source has answered, or is waited for no longer.</summary>
    private bool IsPast(string typeUrl, bool hasAnswered, TimeSpan timeout) =>
        hasAnswered || _fetches.StateOf(typeUrl, "", timeout) == FetchState.GivenUp;

    private Dictionary<string, ClusterRuntime> BuildClusters(ProxyRuntime previous, out bool complete)
    {
        complete = true;
        var clusters = new Dictionary<string, ClusterRuntime>(StringComparer.Ordinal);
        foreach (var (name, spec) in _clusters.Values)
        {
            var old = previous.Clusters.GetValueOrDefault(name);
            var sockets = SocketsOf(spec);
            Report(name, sockets.Refresh(_secrets.Of));
            var mayServe = sockets.MayServe(StateOf);
            var isWaiting = true;
            var next =
                EndpointsOf(spec) is { } endpoints && mayServe
                    ? _warming.Next(spec, endpoints, old, sockets, out isWaiting)
                    : old;
            if (isWaiting && spec.DelaysReadiness)
                complete = false;
            if (next is not null)
                clusters[name] = next;
        }
        return clusters;
    }

    /// <summary>Null while a cluster waits for its endpoints.</summary>
    private EndpointSetSpec? EndpointsOf(ClusterSpec spec)
    {
        switch (spec.Kind)
        {
            case ClusterKind.Eds:
                if (_endpoints.TryGet(spec.EndpointsName, out var endpoints))
                    return endpoints;
                return
                    _fetches.StateOf(TypeUrls.Endpoints, spec.EndpointsName, spec.EndpointsTimeout)
                    == FetchState.GivenUp
                    ? EndpointSetSpec.Empty
                    : null;
            case ClusterKind.StrictDns or ClusterKind.LogicalDns:
                return _resolved.TryGetValue(spec.Name, out var resolved) && ReferenceEquals(resolved.For, spec)
                    ? resolved.Endpoints
                    : null;
            default:
                return spec.Endpoints;
        }
    }

    private Dictionary<string, ListenerRuntime> BuildListeners(ProxyRuntime previous, out int warming)
    {
        warming = 0;
        var listeners = new Dictionary<string, ListenerRuntime>(StringComparer.Ordinal);
        foreach (var (name, listener) in _listeners.Values)
        {
            foreach (var chain in listener.Chains)
                Report(name, chain.Socket.Refresh(_secrets.Of));
            if (HasItsRoutes(listener) & listener.HasItsSecrets(StateOf))
            {
                listeners[name] = listener;
                continue;
            }
            warming++;
            if (!previous.Listeners.TryGetValue(name, out var old))
                continue;
            // It serves on, so that its certificates must not grow old.
            foreach (var chain in old.Chains)
                Report(name, chain.Socket.Refresh(_secrets.Of));
            listeners[name] = old;
        }
        return listeners;
    }

    private void Report(string resource, string? problem)
    {
        if (problem is not null)
            Problem?.Invoke(resource, problem);
    }

    private bool HasItsRoutes(ListenerRuntime listener)
    {
        var isComplete = true;
        foreach (var manager in listener.ManagersByName)
        {
            var name = manager.RouteConfigName!;
            // Each is asked for, so that every clock runs.
            if (
                !_routes.TryGet(name, out _)
                && _fetches.StateOf(TypeUrls.Route, name, manager.RoutesTimeout) == FetchState.Awaited
            )
                isComplete = false;
        }
        return isComplete;
    }

    private FetchState StateOf(SecretReference secret)
    {
        if (_secrets.Of(secret) is not null)
            return FetchState.Here;
        return secret.Local is null
            ? _fetches.StateOf(TypeUrls.Secret, secret.Name, secret.FetchTimeout)
            : FetchState.Awaited;
    }

    private static ClusterSpec DecodeCluster(ByteString body, DecodeContext context) =>
        ClusterDecoder.Decode(ClusterApi.Cluster.Parser.ParseFrom(body), context);

    private static EndpointSetSpec DecodeEndpoints(ByteString body, DecodeContext context) =>
        EndpointDecoder.Decode(EndpointApi.ClusterLoadAssignment.Parser.ParseFrom(body), "", context);

    private ListenerRuntime DecodeListener(ByteString body, DecodeContext context)
    {
        var listener = ListenerApi.Listener.Parser.ParseFrom(body);
        var spec = ListenerDecoder.Decode(listener, context);
        // What has problems is thrown away, and its chains may be fewer than the resource's.
        return new ListenerRuntime(spec, _telemetry, context.HasProblems ? null : ReuseFor(listener));
    }

    /// <summary>What stays of the listener's version before; null where there is none, or it drains as a whole.</summary>
    private ChainReuse? ReuseFor(ListenerApi.Listener listener) =>
        _listeners.TryGet(listener.Name, out var before) && _listeners.BodyOf(listener.Name) is { } body
            ? ChainReuse.Of(before, ListenerApi.Listener.Parser.ParseFrom(body), listener)
            : null;

    private static RouteTable DecodeRoutes(ByteString body, DecodeContext context)
    {
        var spec = RouteDecoder.Decode(RouteApi.RouteConfiguration.Parser.ParseFrom(body), "", context);
        // A spec with problems is thrown away; compiling it would only repeat them.
        return RouteTable.Build(context.HasProblems ? spec with { VirtualHosts = [] } : spec);
    }

    /// <summary>Addresses, and the version of the cluster whose names they are.</summary>
    private sealed record ResolvedEndpoints(ClusterSpec For, EndpointSetSpec Endpoints);
}
