// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http2;

namespace Lateen.Proxy.Upstream;

/// <summary>
/// Whom a connection to an endpoint belongs to: the <see cref="EndpointPool"/> of a worker, or a health check. Told of its
/// life, on its loop.
/// </summary>
internal interface IConnectionOwner
{
    /// <summary>A connection begins.</summary>
    /// <param name="cluster">The version of the cluster that it goes by.</param>
    void OnOpened(ClusterRuntime cluster);

    /// <summary>It is gone. Called once, with the same version.</summary>
    void OnClosed(ClusterRuntime cluster);

    /// <summary>An exchange is over that a connection was taken for. Called once for each.</summary>
    /// <param name="protocol">What is spoken on the connection.</param>
    void OnStreamEnded(UpstreamProtocol protocol);

    /// <summary>Its exchange ended cleanly, and it may serve another.</summary>
    /// <param name="idleTimeout">How long it may wait; zero for ever.</param>
    void OnIdle(ConnectionStream connection, TimeSpan idleTimeout);

    /// <summary>The server ended it while it was idle; it closes itself.</summary>
    void OnPeerClosed(ConnectionStream connection);

    /// <summary>It takes no more requests; those under way go on.</summary>
    void OnRetired(Http2ClientConnection connection);
}
