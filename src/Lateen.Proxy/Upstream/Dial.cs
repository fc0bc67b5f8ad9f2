// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Upstream;

/// <summary>
/// A connection on its way: opened, and made what its transport socket wants it to be, in the cluster's
/// <c>connect_timeout</c>. One at a time; reused.
/// </summary>
internal sealed class Dial
{
    private readonly Worker _worker;
    private readonly LoopTimer _timer;
    private ByteStream? _connecting;

    public Dial(Worker worker)
    {
        _worker = worker;
        _timer = new LoopTimer(static self => ((Dial)self).OnTimeout(), this);
    }

    /// <summary>After a failure: the endpoint did not answer in time.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>After a failure: what TLS says of it, in Envoy's words; null where it was not TLS that failed.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>The connection; null when it is not to be had. The cluster counts either.</summary>
    /// <param name="client">Whose bytes alone it will carry, for the PROXY protocol; null where requests of many share it.</param>
    public async LoopTask<ByteStream?> OpenAsync(EndpointPool pool, ClusterRuntime cluster, ByteStream? client = null)
    {
        TimedOut = false;
        FailureReason = null;
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
            await stream.ConnectAsync() > 0
            && await pool.SecureAsync(stream, cluster, client) == TlsOutcome.Established;
        _worker.Loop.Disarm(_timer);
        _connecting = null;
        if (connected)
        {
            cluster.Stats.OnConnected(_worker.Index, Stopwatch.GetElapsedTime(began, _worker.Loop.NowTimestamp));
            return stream;
        }
        cluster.Stats.OnConnectFailed(_worker.Index, TimedOut);
        FailureReason = UpstreamSecurity.FailureReason(stream);
        stream.Close();
        return null;
    }

    /// <summary>Makes a connect under way fail.</summary>
    public void Abort() => _connecting?.Abort();

    private void OnTimeout()
    {
        TimedOut = true;
        Abort();
    }
}
