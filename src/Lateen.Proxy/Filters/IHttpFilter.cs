// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters;

/// <summary>
/// An HTTP filter: decides about heads, never writes to a socket. One per filter and connection manager, shared by all its
/// streams on all workers, so what it must remember of a stream is not kept in it but in a <see cref="StreamFilter"/>.
/// </summary>
public interface IHttpFilter
{
    /// <summary>Name of the filter in the connection manager.</summary>
    string Name { get; }

    /// <summary>A request's head is there, its body perhaps not; its route is <see cref="StreamInfo.Route"/>.</summary>
    FilterVerdict OnRequestHead(StreamInfo stream, IFilterControl control);

    /// <summary>The pause the filter asked for is over, and no reply was given.</summary>
    FilterVerdict OnResumed(StreamInfo stream, IFilterControl control) => FilterVerdict.Continue;

    /// <summary>The final response's head is there, the upstream's or our own; called in reverse order of the requests'.</summary>
    void OnResponseHead(StreamInfo stream);
}

/// <summary>How a filter that paused a stream lets it go on, and what it may know of where it runs.</summary>
public interface IFilterControl
{
    /// <summary>Number of the worker that serves the stream.</summary>
    int Worker { get; }

    /// <summary>Monotonic clock, in <see cref="System.Diagnostics.Stopwatch"/> ticks, as of the loop's turn.</summary>
    long NowTimestamp { get; }

    /// <summary>A fresh draw.</summary>
    ulong NextRandom();

    /// <summary>A cluster of the runtime in force; null for none of that name.</summary>
    ClusterRuntime? FindCluster(string name);

    /// <summary>Goes on: <see cref="IHttpFilter.OnResumed"/>, then the next filter. On the stream's loop only; runs in its next turn.</summary>
    void Resume();

    /// <summary>Answers instead of going on. On the stream's loop only; runs in its next turn.</summary>
    void Resume(LocalReply reply);

    /// <summary>Goes on after a while.</summary>
    void ResumeAfter(TimeSpan delay);
}

/// <summary>What becomes of a stream after a filter looked at it.</summary>
public enum FilterAction : byte
{
    Continue,

    /// <summary>Wait for <see cref="IFilterControl.Resume()"/>.</summary>
    Pause,

    /// <summary>Answer with <see cref="FilterVerdict.Reply"/>.</summary>
    Reply,
}

/// <summary>A filter's decision.</summary>
/// <param name="Stream">Only with <see cref="FilterAction.Continue"/> about a request's head: see <see cref="ContinueWith"/>.</param>
public readonly record struct FilterVerdict(FilterAction Action, LocalReply? Reply = null, StreamFilter? Stream = null)
{
    public static FilterVerdict Continue => new(FilterAction.Continue);

    public static FilterVerdict Pause => new(FilterAction.Pause);

    /// <summary>Goes on, and looks into the stream's bodies from here on.</summary>
    public static FilterVerdict ContinueWith(StreamFilter stream) => new(FilterAction.Continue, Stream: stream);

    public static FilterVerdict Answer(LocalReply reply) => new(FilterAction.Reply, reply);
}
