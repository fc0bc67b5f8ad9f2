// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Net.Async;

namespace Lateen.Proxy.Http;

/// <summary>A client's request, and the way back to the client.</summary>
internal abstract class ServerStream : HttpStream
{
    /// <summary>The connection that the request came on.</summary>
    public abstract ServerConnection Connection { get; }

    /// <summary>The exchange that serves it.</summary>
    public abstract HttpExchange Exchange { get; }

    /// <summary>How much body the request has.</summary>
    public abstract BodyLength RequestLength { get; }

    /// <summary>The response has no body whatever its head says.</summary>
    public abstract bool IsHead { get; }

    /// <summary>The client waits for a 100 before it sends its body (RFC 9110 §10.1.1).</summary>
    public abstract bool ExpectsContinue { get; }

    /// <summary>The client asks for a tunnel behind the head: CONNECT, or an upgrade.</summary>
    public abstract bool WantsTunnel { get; }

    /// <summary>What is wrong with the body after a read said that it is at fault.</summary>
    public abstract RequestFault Fault { get; }

    /// <summary>Told when the client gives the request up; null for nobody.</summary>
    public abstract IClientWatcher? Watcher { get; set; }

    /// <summary>
    /// Drops what is here of the request's body, for an answer that does not depend on it: a connection goes on only
    /// behind a request that is here whole.
    /// </summary>
    public abstract void DiscardBody();

    /// <summary>Stages the final head.</summary>
    /// <param name="isLast">The connection ends behind this response, and says so.</param>
    /// <returns>False, with nothing staged, when the head is larger than what can be sent.</returns>
    public abstract bool WriteHead(ResponseHead head, BodyLength length, bool isLast);

    /// <summary>Sends a head that another one follows (1xx).</summary>
    public abstract LoopTask<int> WriteInterimAsync(ResponseHead head);

    /// <summary>From here on both directions carry bytes that are not HTTP, until each side ends its own.</summary>
    public abstract void BeginTunnel();
}

/// <summary>See <see cref="ServerStream.Watcher"/>.</summary>
internal interface IClientWatcher
{
    void OnClientLeft();
}

/// <summary>A request that is refused: the status that answers it, and what logs say.</summary>
internal readonly record struct RequestFault(int Status, string Details);
