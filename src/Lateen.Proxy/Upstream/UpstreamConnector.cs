// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Upstream;

/// <summary>Opens connections for one exchange, which may give up waiting. Reused from attempt to attempt.</summary>
internal sealed class UpstreamConnector
{
    private readonly Worker _worker;
    private readonly LoopTimer _timer;
    private ByteStream? _connecting;
    private bool _timedOut;

    public UpstreamConnector(Worker worker)
    {
        _worker = worker;
        _timer = new LoopTimer(static self => ((UpstreamConnector)self).OnTimeout(), this);
    }

    /// <summary>After a failure: the endpoint did not answer in the cluster's <c>connect_timeout</c>.</summary>
    public bool TimedOut => _timedOut;

    /// <summary>A stream on a new connection; null when there is none to be had.</summary>
    public async LoopTask<ClientStream?> ConnectAsync(EndpointPool pool, ClusterRuntime cluster)
    {
        _timedOut = false;
        var began = _worker.Loop.NowTimestamp;
        var stream = pool.Open(cluster);
        if (stream is null)
        {
            cluster.Stats.OnConnectFailed(_worker.Index, timeout: false);
            return null;
        }
        _connecting = stream;
        _worker.Loop.Arm(_timer, cluster.Spec.ConnectTimeout);
        var connected =
            await stream.ConnectAsync() > 0 && await pool.SecureAsync(stream, cluster) == TlsOutcome.Established;
        _worker.Loop.Disarm(_timer);
        _connecting = null;
        if (!connected)
        {
            cluster.Stats.OnConnectFailed(_worker.Index, _timedOut);
            stream.Close();
            return null;
        }
        cluster.Stats.OnConnected(_worker.Index, Stopwatch.GetElapsedTime(began, _worker.Loop.NowTimestamp));
        return pool.Adopt(stream, cluster);
    }

    /// <summary>Makes a connect under way fail.</summary>
    public void Abort() => _connecting?.Abort();

    private void OnTimeout()
    {
        _timedOut = true;
        _connecting?.Abort();
    }
}
