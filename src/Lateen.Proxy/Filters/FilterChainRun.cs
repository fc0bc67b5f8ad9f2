// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters;

/// <summary>Takes one stream through the filters of its connection manager. Reused from stream to stream.</summary>
internal sealed class FilterChainRun : IFilterControl, IReadyItem
{
    private readonly Worker _worker;
    private readonly LoopSignal<LocalReply?> _resumed = new();
    private readonly LoopTimer _timer;
    private LocalReply? _reply;

    public FilterChainRun(Worker worker)
    {
        _worker = worker;
        _timer = new LoopTimer(static self => ((FilterChainRun)self).Run(), this);
    }

    public int Worker => _worker.Index;

    /// <summary>Null when every filter let the request pass, else the answer.</summary>
    public async LoopTask<LocalReply?> OnRequestHead(IReadOnlyList<IHttpFilter> filters, StreamInfo stream)
    {
        for (var i = 0; i < filters.Count; i++)
        {
            var filter = filters[i];
            var verdict = filter.OnRequestHead(stream, this);
            while (verdict.Action == FilterAction.Pause)
            {
                if (await _resumed.Wait() is { } reply)
                    return reply;
                verdict = filter.OnResumed(stream, this);
            }
            if (verdict.Action == FilterAction.Reply)
                return verdict.Reply;
        }
        return null;
    }

    public static void OnResponseHead(IReadOnlyList<IHttpFilter> filters, StreamInfo stream)
    {
        for (var i = filters.Count - 1; i >= 0; i--)
            filters[i].OnResponseHead(stream);
    }

    public ulong NextRandom() => _worker.NextRandom();

    public ClusterRuntime? FindCluster(string name) => _worker.Runtime.Clusters.GetValueOrDefault(name);

    public void Resume() => Go(null);

    public void Resume(LocalReply reply) => Go(reply);

    public void ResumeAfter(TimeSpan delay)
    {
        _reply = null;
        _worker.Loop.Arm(_timer, delay);
    }

    /// <summary>Ends a <see cref="ResumeAfter"/> under way: the stream has no more time.</summary>
    public void CutDelay()
    {
        if (_timer.IsArmed)
            _worker.Loop.Arm(_timer, TimeSpan.Zero);
    }

    /// <summary>The stream's turn after a resume: a filter never runs the rest of the exchange on its own stack.</summary>
    public void Run() => _resumed.Complete(_reply);

    private void Go(LocalReply? reply)
    {
        _reply = reply;
        _worker.Loop.Enqueue(this);
    }
}
