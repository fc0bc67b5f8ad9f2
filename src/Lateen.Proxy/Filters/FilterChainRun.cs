// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Proxy.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters;

/// <summary>Takes one stream through the filters of its connection manager. Reused from stream to stream.</summary>
internal sealed class FilterChainRun(EventLoop loop) : IFilterControl, IReadyItem
{
    private readonly LoopSignal<LocalReply?> _resumed = new();
    private LocalReply? _reply;

    /// <summary>Null when every filter let the request pass, else the answer.</summary>
    public async LoopTask<LocalReply?> OnRequestHead(IReadOnlyList<IHttpFilter> filters, StreamInfo stream)
    {
        for (var i = 0; i < filters.Count; i++)
        {
            var verdict = filters[i].OnRequestHead(stream, this);
            if (verdict.Action == FilterAction.Reply)
                return verdict.Reply;
            if (verdict.Action == FilterAction.Pause && await _resumed.Wait() is { } reply)
                return reply;
        }
        return null;
    }

    public static void OnResponseHead(IReadOnlyList<IHttpFilter> filters, StreamInfo stream)
    {
        for (var i = filters.Count - 1; i >= 0; i--)
            filters[i].OnResponseHead(stream);
    }

    public void Resume() => Go(null);

    public void Resume(LocalReply reply) => Go(reply);

    /// <summary>The stream's turn after a resume: a filter never runs the rest of the exchange on its own stack.</summary>
    public void Run() => _resumed.Complete(_reply);

    private void Go(LocalReply? reply)
    {
        _reply = reply;
        loop.Enqueue(this);
    }
}
