// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Agent;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Lateen.Agent.Discovery;
using Lateen.Proxy.Runtime;
using Lateen.Xds;
using Peer = DataPlane.Tests.Agent.AdsPeer<
    Envoy.Service.Discovery.V3.DeltaDiscoveryRequest,
    Envoy.Service.Discovery.V3.DeltaDiscoveryResponse
>;

namespace DataPlane.Tests.Swaps;

/// <summary>
/// A control plane on a real ADS stream with the proxy's own client at its other end: answers subscriptions, sends what
/// changes, and knows when the proxy has it in force. A refusal fails the test.
/// </summary>
internal sealed class Director : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<(string TypeUrl, string Name), Resource> _resources = [];
    private readonly HashSet<(string TypeUrl, string Name)> _subscribed = [];
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource> _acks = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly ScriptedAds _server;
    private readonly Task _client;
    private Peer? _peer;
    private Task _serving = Task.CompletedTask;
    private int _sent;

    private Director(ScriptedAds server, ConfigStore store)
    {
        _server = server;
        var log = new LogLines();
        var client = new XdsClient(
            new Uri($"http://127.0.0.1:{server.Port}"),
            useDelta: true,
            NodeBuilder.Build(ClientUnderTest.Identity),
            new ResourceIntake(store, log),
            new Backoff(Random.Shared),
            log,
            TimeProvider.System
        );
        _client = client.RunAsync(_stop.Token);
    }

    /// <summary>Connects a proxy; nothing is sent before <see cref="ServeAsync"/>.</summary>
    public static async Task<Director> StartAsync(ConfigStore store) => new(await ScriptedAds.StartAsync(), store);

    /// <summary>Takes note of a resource without sending it: a subscription brings it.</summary>
    public void Add<T>(string typeUrl, string name, T resource)
        where T : IMessage
    {
        lock (_gate)
            _resources[(typeUrl, name)] = new Resource
            {
                Name = name,
                Version = $"{++_sent}",
                Resource_ = Any.Pack(resource, "type.googleapis.com"),
            };
    }

    /// <summary>Begins to answer the proxy.</summary>
    public async Task ServeAsync()
    {
        _peer = await _server.AcceptDeltaAsync();
        _serving = AnswerAsync(_peer);
    }

    /// <summary>Sends resources that were added, and names of those that are gone; on return they are in force.</summary>
    public async Task PushAsync(string typeUrl, string[] changed, params string[] removed)
    {
        var response = new DeltaDiscoveryResponse { TypeUrl = typeUrl, RemovedResources = { removed } };
        lock (_gate)
        {
            foreach (var name in removed)
                _resources.Remove((typeUrl, name));
            foreach (var name in changed)
            {
                Assert.True(
                    TypeUrls.IsWildcard(typeUrl) || _subscribed.Contains((typeUrl, name)),
                    $"the proxy did not ask for {name}"
                );
                response.Resources.Add(_resources[(typeUrl, name)]);
            }
        }
        await SendAsync(response).WaitAsync(s_patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _client;
        await _server.DisposeAsync();
        await _serving;
        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task AnswerAsync(Peer peer)
    {
        try
        {
            await foreach (var request in peer.ReadAllAsync())
                await OnRequestAsync(request);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or RpcException)
        {
            Assert.True(_stop.IsCancellationRequested, $"the stream broke: {failure.Message}");
        }
    }

    private Task OnRequestAsync(DeltaDiscoveryRequest request)
    {
        if (request.ResponseNonce.Length > 0)
        {
            TaskCompletionSource? ack;
            lock (_gate)
                _acks.Remove(request.ResponseNonce, out ack);
            if (request.ErrorDetail is { } error)
                ack?.TrySetException(new InvalidOperationException($"the proxy refused {error.Message}"));
            else
                ack?.TrySetResult();
            return Task.CompletedTask;
        }
        var response = new DeltaDiscoveryResponse { TypeUrl = request.TypeUrl };
        lock (_gate)
        {
            foreach (var name in request.ResourceNamesUnsubscribe)
                _subscribed.Remove((request.TypeUrl, name));
            foreach (var name in request.ResourceNamesSubscribe)
                _subscribed.Add((request.TypeUrl, name));
            var isAll = _asked.Add(request.TypeUrl) && TypeUrls.IsWildcard(request.TypeUrl);
            foreach (var ((type, name), resource) in _resources)
            {
                if (type == request.TypeUrl && (isAll || request.ResourceNamesSubscribe.Contains(name)))
                    response.Resources.Add(resource);
            }
        }
        // Whoever reads acknowledgements must not wait for one.
        return response.Resources.Count == 0 ? Task.CompletedTask : WriteAsync(response);
    }

    private async Task SendAsync(DeltaDiscoveryResponse response)
    {
        var ack = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await WriteAsync(response, ack);
        await ack.Task;
    }

    private async Task WriteAsync(DeltaDiscoveryResponse response, TaskCompletionSource? ack = null)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            lock (_gate)
            {
                response.Nonce = $"{++_sent}";
                if (ack is not null)
                    _acks[response.Nonce] = ack;
            }
            await _peer!.SendAsync(response);
        }
        finally
        {
            _turn.Release();
        }
    }
}
