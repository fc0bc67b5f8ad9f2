// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Threading.Channels;
using Lateen.Mesh;
using Lateen.Translation;
using Lateen.Xds;
using Microsoft.Extensions.Logging;

namespace Lateen.Discovery;

/// <summary>
/// One proxy's stream, in either variant of the protocol. Requests and pushes come through one channel, so that one task
/// handles them in turn and nothing is locked; a push that waits already is not queued again.
/// </summary>
public abstract partial class ProxyConnection
{
    private const string HealthInformation = "type.googleapis.com/istio.v1.HealthInformation";

    private readonly Channel<object> _events = Channel.CreateUnbounded<object>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly Dictionary<string, TypeWatch> _watches = new(StringComparer.Ordinal);
    private readonly ISnapshotSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ProxyRegistry _registry;
    private long _nonces;

    // Revision of the configuration of which the proxy was told everything; 0 before its first answer.
    private long _pushed;

    // When the oldest change that is not pushed yet came; 0 when there is none.
    private long _pendingSince;

    private protected ProxyConnection(
        ISnapshotSource source,
        ProxyRegistry registry,
        string peer,
        TimeProvider time,
        ILogger log
    )
    {
        _source = source;
        _registry = registry;
        _time = time;
        Peer = peer;
        _log = log;
        ConnectedAt = time.GetUtcNow();
    }

    /// <summary>Address of the client.</summary>
    public string Peer { get; }

    public DateTimeOffset ConnectedAt { get; }

    /// <summary>Null until the first request, which introduces the proxy.</summary>
    public ProxyNode? Node { get; private set; }

    /// <summary>What the proxy has of each type; may be read from any thread, and be a moment old.</summary>
    public IReadOnlyList<WatchStatus> Status { get; private set; } = [];

    /// <summary>How far the proxy is with the configuration; may be read from any thread, and be a moment old.</summary>
    public ProxyProgress Progress { get; private set; } = ProxyProgress.None;

    /// <summary>There may be something new for the proxy, since <paramref name="changedAt"/> (a timestamp).</summary>
    public void RequestPush(long changedAt)
    {
        if (Interlocked.CompareExchange(ref _pendingSince, Math.Max(changedAt, 1), 0) == 0)
            _events.Writer.TryWrite(PushEvent.Instance);
    }

    /// <summary>Ends the stream once what waits is done.</summary>
    public void End() => _events.Writer.TryComplete();

    private protected void Enqueue(object request) => _events.Writer.TryWrite(request);

    /// <summary>Handles events until the stream ends.</summary>
    private protected async Task RunAsync(CancellationToken stop)
    {
        await foreach (var item in _events.Reader.ReadAllAsync(stop).ConfigureAwait(false))
        {
            if (item is PushEvent)
            {
                // Cleared first: what changes from here on asks for a push of its own.
                var since = Interlocked.Exchange(ref _pendingSince, 0);
                await PushAsync(since).ConfigureAwait(false);
            }
            else
            {
                await HandleAsync(item).ConfigureAwait(false);
            }
            Status = _watches.Values.Select(static watch => new WatchStatus(watch)).ToList();
            Progress = new ProxyProgress(
                _pushed,
                _watches.Values.SelectMany(static watch => watch.Deliveries.Open).ToList()
            );
            _registry.OnProgress();
        }
    }

    private protected abstract Task HandleAsync(object request);

    /// <summary>Writes one response and says whether there was anything to write.</summary>
    /// <param name="always">Also when nothing changed: the proxy waits for an answer.</param>
    private protected abstract Task<bool> WriteAsync(TypeWatch watch, ResourceSet set, bool always);

    /// <summary>Agents of virtual machines report their health by a request of a type of its own, which is never answered.</summary>
    private protected static bool IsServed(string typeUrl) => typeUrl != HealthInformation;

    /// <summary>The watch of a type, new on the type's first request.</summary>
    private protected TypeWatch WatchOf(string typeUrl, out bool isFirst)
    {
        isFirst = !_watches.TryGetValue(typeUrl, out var watch);
        if (watch is null)
            _watches[typeUrl] = watch = new TypeWatch(typeUrl);
        return watch;
    }

    /// <summary>Takes the proxy's introduction.</summary>
    /// <exception cref="Grpc.Core.RpcException">The node is none that can be served.</exception>
    private protected void Introduce(Envoy.Config.Core.V3.Node? node)
    {
        if (Node is not null)
            return;
        Node = NodeReader.Read(node);
        _registry.Add(this);
        LogConnected(Node.Id, Peer);
    }

    /// <summary>Takes an acknowledgement or a refusal; false for one of an older response, which means nothing.</summary>
    private protected bool Acknowledge(TypeWatch watch, string nonce, Google.Rpc.Status? error)
    {
        if (nonce != watch.Nonce)
            return false;
        watch.OnAnswer(nonce, error?.Message);
        if (error is not null)
        {
            _registry.Metrics.OnRejection(watch.TypeUrl);
            LogRefused(Node!.Id, watch.TypeUrl, error.Message);
        }
        return true;
    }

    /// <summary>Answers a request; clusters drag their endpoints along, since a proxy re-warms a changed cluster.</summary>
    private protected async Task AnswerAsync(TypeWatch watch, bool always)
    {
        var snapshot = _source.SnapshotFor(Node!, out var revision);
        if (_pushed == 0)
            _pushed = revision;
        if (
            await SendAsync(watch, snapshot, revision, always).ConfigureAwait(false)
            && watch.TypeUrl == TypeUrls.Cluster
        )
            await SendDependentsAsync(snapshot, revision).ConfigureAwait(false);
    }

    private protected string NextNonce(string version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version}-{++_nonces}");

    private async Task PushAsync(long since)
    {
        if (Node is null)
            return;
        var snapshot = _source.SnapshotFor(Node, out var revision);
        foreach (var type in TypeUrls.PushOrder)
        {
            if (_watches.TryGetValue(type, out var watch))
                await SendAsync(watch, snapshot, revision, always: false).ConfigureAwait(false);
        }
        _pushed = revision;
        _registry.Metrics.OnConverged(_time.GetElapsedTime(since));
    }

    private async Task SendDependentsAsync(XdsSnapshot snapshot, long revision)
    {
        if (_watches.TryGetValue(TypeUrls.Endpoints, out var endpoints))
            await SendAsync(endpoints, snapshot, revision, always: false).ConfigureAwait(false);
    }

    private async Task<bool> SendAsync(TypeWatch watch, XdsSnapshot snapshot, long revision, bool always)
    {
        watch.Revision = revision;
        var sent = await WriteAsync(watch, snapshot.Of(watch.TypeUrl), always).ConfigureAwait(false);
        if (sent)
            _registry.Metrics.OnPush(watch.TypeUrl);
        return sent;
    }

    /// <summary>A changed cluster waits for its endpoints, even if they are the same.</summary>
    private protected void OnClustersSent(IReadOnlyList<NamedResource> clusters)
    {
        if (_watches.TryGetValue(TypeUrls.Endpoints, out var endpoints))
            endpoints.Forget(clusters.Select(static cluster => cluster.Name));
    }

    private protected DateTimeOffset Now => _time.GetUtcNow();

    [LoggerMessage(LogLevel.Information, "ADS: new connection for node {Node} from {Peer}")]
    private partial void LogConnected(string node, string peer);

    [LoggerMessage(LogLevel.Warning, "ADS: {Node} refused {Type}: {Error}")]
    private partial void LogRefused(string node, string type, string error);

    private sealed class PushEvent
    {
        public static PushEvent Instance { get; } = new();
    }
}
