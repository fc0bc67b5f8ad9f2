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
    private readonly List<(int Position, StreamFilter Filter)> _streams = [];
    private LocalReply? _reply;

    public FilterChainRun(Worker worker, StreamInfo info)
    {
        _worker = worker;
        RequestBody = new BodyPath(worker.Loop, info, isRequest: true);
        ResponseBody = new BodyPath(worker.Loop, info, isRequest: false);
        _timer = new LoopTimer(static self => ((FilterChainRun)self).Run(), this);
    }

    public int Worker => _worker.Index;

    public long NowTimestamp => _worker.Loop.NowTimestamp;

    /// <summary>The request's body on its way to the upstream.</summary>
    public BodyPath RequestBody { get; }

    /// <summary>The response's body on its way to the client.</summary>
    public BodyPath ResponseBody { get; }

    /// <summary>Null when every filter let the request pass, else the answer.</summary>
    public LoopTask<LocalReply?> OnRequestHead(IReadOnlyList<IHttpFilter> filters, StreamInfo stream)
    {
        for (var i = 0; i < filters.Count; i++)
        {
            var verdict = filters[i].OnRequestHead(stream, this);
            if (verdict.Action == FilterAction.Pause)
                return GoOnAsync(filters, stream, i);
            if (verdict.Action == FilterAction.Reply)
                return new LoopTask<LocalReply?>(verdict.Reply);
            if (verdict.Stream is not null)
                Add(i, verdict.Stream);
        }
        return new LoopTask<LocalReply?>((LocalReply?)null);
    }

    /// <summary>The same from a filter on that asked for a pause.</summary>
    private async LoopTask<LocalReply?> GoOnAsync(IReadOnlyList<IHttpFilter> filters, StreamInfo stream, int paused)
    {
        for (var i = paused; i < filters.Count; i++)
        {
            var verdict = i == paused ? FilterVerdict.Pause : filters[i].OnRequestHead(stream, this);
            while (verdict.Action == FilterAction.Pause)
            {
                if (await _resumed.Wait() is { } reply)
                    return reply;
                verdict = filters[i].OnResumed(stream, this);
            }
            if (verdict.Action == FilterAction.Reply)
                return verdict.Reply;
            if (verdict.Stream is not null)
                Add(i, verdict.Stream);
        }
        return null;
    }

    public void OnResponseHead(IReadOnlyList<IHttpFilter> filters, StreamInfo stream)
    {
        var next = _streams.Count - 1;
        for (var i = filters.Count - 1; i >= 0; i--)
        {
            filters[i].OnResponseHead(stream);
            if (next >= 0 && _streams[next].Position == i)
                _streams[next--].Filter.OnResponseHead(stream);
        }
    }

    /// <summary>The stream is over.</summary>
    public void Close()
    {
        if (_streams.Count == 0)
            return;
        RequestBody.Clear();
        ResponseBody.Clear();
        foreach (var (_, filter) in _streams)
            filter.Close();
        _streams.Clear();
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

    private void Add(int position, StreamFilter filter)
    {
        _streams.Add((position, filter));
        RequestBody.Add(filter);
        ResponseBody.Add(filter);
    }

    private void Go(LocalReply? reply)
    {
        _reply = reply;
        _worker.Loop.Enqueue(this);
    }
}
