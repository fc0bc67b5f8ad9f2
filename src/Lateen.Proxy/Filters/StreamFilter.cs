// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters;

/// <summary>
/// A filter's share of one stream whose bodies it looks into. The filter hands it out with its verdict about the request's head
/// (<see cref="FilterVerdict.ContinueWith"/>); from then on it sees what passes, until <see cref="Close"/> gives it back. Touched by
/// the stream's worker only, and meant to be used again for another stream (<see cref="StreamFilterPool{T}"/>).
/// </summary>
public abstract class StreamFilter
{
    /// <summary>The request's body leaves the filter longer or shorter than it came, so its length is not announced.</summary>
    public virtual bool ResizesRequest => false;

    /// <summary>Likewise the response's; asked behind <see cref="OnResponseHead"/>.</summary>
    public virtual bool ResizesResponse => false;

    /// <summary>
    /// The response's head waits until the filter has seen the whole body, and may be changed until then. Asked behind
    /// <see cref="OnResponseHead"/>, of responses with a body. What the filter lets pass is kept in memory meanwhile.
    /// </summary>
    public virtual bool HoldsResponseHead => false;

    /// <summary>The next part of the request's body; a reply answers the request, or breaks off a response that has begun.</summary>
    public virtual FilterVerdict OnRequestBody(StreamInfo stream, ref BodyPart part) => FilterVerdict.Continue;

    /// <summary>The request is sent once more from its start, which may be the first time.</summary>
    public virtual void RestartRequest() { }

    /// <summary>As <see cref="IHttpFilter.OnResponseHead"/>, and right behind it.</summary>
    public virtual void OnResponseHead(StreamInfo stream) { }

    /// <summary>The next part of the response's body; called in reverse order of the requests'.</summary>
    public virtual void OnResponseBody(StreamInfo stream, ref BodyPart part) { }

    /// <summary>The stream is over, however it ended.</summary>
    public abstract void Close();
}
