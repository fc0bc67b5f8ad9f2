// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Net.Async;
using Lateen.Net.Tls;

namespace Lateen.Proxy.Http;

/// <summary>A request on its way to an upstream, and the response to it.</summary>
internal abstract class ClientStream : HttpStream
{
    /// <summary>
    /// The connection served others before: a failure without an answer may only mean that the server had closed it.
    /// </summary>
    public abstract bool IsReused { get; }

    /// <summary>This proxy's end of the connection, as <c>10.0.0.1:4711</c>; text made once per connection.</summary>
    public virtual string? LocalAddress => null;

    /// <summary>What the connection's handshake settled; null in plaintext.</summary>
    public virtual TlsConnection? Tls => null;

    /// <summary>What is spoken to the upstream.</summary>
    public abstract bool IsHttp2 { get; }

    /// <summary>How much body the response has; known with its head.</summary>
    public abstract BodyLength ResponseLength { get; }

    /// <summary>The stream ended because what the server sent is not its protocol; known with the end.</summary>
    public virtual bool IsServerAtFault => false;

    /// <summary>The server refused the request before it did anything with it (RFC 9113 §8.7), so it may be sent again.</summary>
    public virtual bool WasRefused => false;

    /// <summary>Stages the head.</summary>
    /// <param name="response">Where the heads that answer it go.</param>
    /// <returns>False, with nothing staged, when the head is larger than what can be sent.</returns>
    public abstract bool WriteHead(RequestHead head, BodyLength length, ResponseHead response);

    /// <summary>Waits for the next head, interim or final.</summary>
    public abstract LoopTask<ResponseHeadStatus> ReadHeadAsync();

    /// <summary>From here on both directions carry bytes that are not HTTP, until each side ends its own.</summary>
    public abstract void BeginTunnel();

    /// <summary>Gives the stream back; its owner must not use it any more.</summary>
    /// <param name="isClean">Both messages are complete, so the connection may serve others.</param>
    public abstract void Return(bool isClean);
}

/// <summary>Outcome of <see cref="ClientStream.ReadHeadAsync"/>.</summary>
internal enum ResponseHeadStatus : byte
{
    Final,

    /// <summary>1xx other than 101: another head follows.</summary>
    Interim,

    /// <summary>The connection, or the stream, ended before.</summary>
    Closed,

    /// <summary>The upstream reset the stream, and the connection goes on.</summary>
    Reset,

    /// <summary>What came is no response.</summary>
    Malformed,
}
