// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Upstream;

/// <summary>What a connection to an endpoint goes by when it is made what its transport socket wants it to be.</summary>
/// <param name="Host">Host of the request, where the cluster's <c>auto_sni</c> asks for it; else empty.</param>
/// <param name="Sessions">Sessions with this endpoint and host.</param>
internal readonly record struct UpstreamHandshake(
    EndpointState Endpoint,
    ClusterRuntime Cluster,
    string Host,
    TlsSessions Sessions
)
{
    /// <summary>The endpoint's own, unless a health check goes by another one.</summary>
    public TransportSocket Socket { get; init; } = Endpoint.Socket;

    /// <summary>Whom the PROXY protocol speaks for; null for the proxy itself.</summary>
    public ByteStream? Client { get; init; }

    /// <summary>Offered by ALPN instead of what the socket's configuration says; encoded by <see cref="AlpnList.Encode"/>.</summary>
    public ReadOnlyMemory<byte> ApplicationProtocols { get; init; }
}
