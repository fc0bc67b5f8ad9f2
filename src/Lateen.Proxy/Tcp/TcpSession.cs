// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Tcp;

/// <summary>
/// A relayed TCP connection: two pumps, one for each direction, that end each side when the other one ended its own
/// (half-close). Both end when nothing moves for the idle timeout.
/// </summary>
internal sealed class TcpSession
{
    private readonly Worker _worker;
    private readonly ActiveListener _listener;
    private readonly TcpProxySpec _spec;
    private readonly ByteStream _client;
    private readonly LoopTimer _timer;
    private ByteStream? _upstream;
    private long _lastActivity;
    private bool _connected;

    public TcpSession(Worker worker, ActiveListener listener, TcpProxySpec spec, ByteStream client)
    {
        _worker = worker;
        _listener = listener;
        _spec = spec;
        _client = client;
        _timer = new LoopTimer(static self => ((TcpSession)self).OnTimer(), this);
    }

    /// <summary>Serves the connection to its end.</summary>
    public async LoopTask<int> RunAsync()
    {
        _listener.OnOpened(this);
        EndpointState? endpoint = null;
        try
        {
            endpoint = await ConnectAsync();
            if (endpoint is not null && _upstream is not null)
                await RelayAsync(_upstream);
        }
        finally
        {
            _worker.Loop.Disarm(_timer);
            endpoint?.OnRequestEnded();
            _upstream?.Close();
            _client.Close();
            _listener.OnClosed(this);
        }
        return 0;
    }

    public void Abort()
    {
        _client.Abort();
        _upstream?.Abort();
    }

    /// <summary>Tries endpoints of the cluster, up to max_connect_attempts; null when none could be reached.</summary>
    private async LoopTask<EndpointState?> ConnectAsync()
    {
        var name = _spec.ClusterFor(_worker.NextRandom());
        if (!_worker.Runtime.Clusters.TryGetValue(name, out var cluster))
            return null;
        for (var attempt = 0; attempt < Math.Max(1, _spec.MaxConnectAttempts) && !_client.IsDead; attempt++)
        {
            if (cluster.Balancer.Pick(_worker.Index, _worker.NextRandom()) is not { } endpoint)
                return null;
            var source = new ConnectOptions { Source = cluster.Spec.SourceAddress };
            _upstream = _worker.Loop.Connect(endpoint.Address, source);
            if (_upstream is null)
                continue;
            _worker.Loop.Arm(_timer, cluster.Spec.ConnectTimeout);
            var result = await _upstream.ConnectAsync();
            _worker.Loop.Disarm(_timer);
            if (result > 0)
            {
                _connected = true;
                endpoint.OnRequestStarted();
                return endpoint;
            }
            _upstream.Close();
            _upstream = null;
        }
        return null;
    }

    private async LoopTask<int> RelayAsync(ByteStream upstream)
    {
        Touch();
        if (_spec.IdleTimeout > TimeSpan.Zero)
            _worker.Loop.Arm(_timer, _spec.IdleTimeout);
        var back = PumpAsync(upstream, _client);
        await PumpAsync(_client, upstream);
        return await back;
    }

    private async LoopTask<int> PumpAsync(ByteStream from, ByteStream to)
    {
        while (true)
        {
            var result = from.Input.IsEmpty ? await from.ReadAsync() : 1;
            if (result == IoResult.EndOfStream)
            {
                to.ShutdownWrite();
                return result;
            }
            if (result > 0)
            {
                var input = from.Input;
                var length = input.Length;
                result = await to.WriteAsync(input);
                from.Consume(length);
                Touch();
            }
            if (result < 0)
            {
                // One side broke: the other has nobody to talk to.
                Abort();
                return result;
            }
        }
    }

    private void OnTimer()
    {
        var quiet = TimeSpan.FromMilliseconds(_worker.Loop.NowMilliseconds - _lastActivity);
        if (_connected && quiet < _spec.IdleTimeout)
            _worker.Loop.Arm(_timer, _spec.IdleTimeout - quiet);
        else if (_connected)
            Abort();
        else
            _upstream?.Abort();
    }

    private void Touch() => _lastActivity = _worker.Loop.NowMilliseconds;
}
