// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>What is spoken to a cluster's endpoints (Envoy <c>HttpProtocolOptions.upstream_protocol_options</c>).</summary>
public enum UpstreamProtocol : byte
{
    /// <summary><c>explicit_http_config.http_protocol_options</c>, and the default.</summary>
    Http1,

    /// <summary><c>explicit_http_config.http2_protocol_options</c>.</summary>
    Http2,

    /// <summary><c>use_downstream_protocol_config</c>: what the client speaks.</summary>
    Downstream,

    /// <summary><c>auto_config</c>: what ALPN agrees on.</summary>
    Auto,

    /// <summary>No HTTP: the bytes of a CONNECT that ends at this proxy. Chosen by a route, never by a cluster.</summary>
    Tcp,
}
