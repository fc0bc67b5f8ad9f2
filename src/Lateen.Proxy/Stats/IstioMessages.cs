// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Lateen.Proxy.Stats;

/// <summary>
/// One worker's numbers of gRPC messages of calls that have an <see cref="IstioContext"/> in common
/// (<c>istio_request_messages_total</c>, <c>istio_response_messages_total</c>): it writes them alone, scrapes read. They go up
/// with each message, where Istio's proxy adds what came every five seconds.
/// </summary>
internal sealed class IstioMessages(IstioContext context)
{
    private long _requests;
    private long _responses;

    public long Requests => Volatile.Read(ref _requests);

    public long Responses => Volatile.Read(ref _responses);

    public void AddRequests(int count) => Volatile.Write(ref _requests, _requests + count);

    public void AddResponses(int count) => Volatile.Write(ref _responses, _responses + count);

    /// <summary>Those that are known before a call ends: none of its outcome.</summary>
    public string Labels()
    {
        var labels = new StringBuilder();
        context.AppendTo(labels);
        return labels.ToString();
    }
}

/// <summary>One worker's <see cref="IstioMessages"/>; only grows, so that a scrape may read it at any time.</summary>
internal sealed class IstioMessageTable
{
    private readonly Dictionary<IstioContext, IstioMessages> _byContext = [];
    private IstioMessages[] _all = new IstioMessages[4];
    private int _count;

    /// <summary>To be called by that worker's thread alone.</summary>
    public IstioMessages Of(IstioContext context)
    {
        if (_byContext.TryGetValue(context, out var messages))
            return messages;
        _byContext[context] = messages = new IstioMessages(context);
        var all = _all;
        if (_count == all.Length)
            Array.Resize(ref all, _count * 2);
        all[_count] = messages;
        Volatile.Write(ref _all, all);
        Volatile.Write(ref _count, _count + 1);
        return messages;
    }

    /// <summary>Safe from every thread.</summary>
    public ReadOnlySpan<IstioMessages> All()
    {
        // The count first: an array read after it holds at least as many.
        var count = Volatile.Read(ref _count);
        return Volatile.Read(ref _all).AsSpan(0, count);
    }
}
