// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Proxy.Filters;

namespace Lateen.Proxy.Listeners;

/// <summary>One way to serve a connection of a listener (Envoy <c>config.listener.v3.FilterChain</c>).</summary>
/// <param name="Terminal">The network filter that ends the chain: HTTP connection manager or TCP proxy.</param>
public sealed record FilterChainSpec(string Name, FilterChainMatchSpec Match, NetworkFilterSpec Terminal);

/// <summary>Which connections a chain serves (Envoy <c>FilterChainMatch</c>); an empty criterion admits everything.</summary>
public sealed record FilterChainMatchSpec
{
    public static FilterChainMatchSpec Any { get; } = new();

    /// <summary>0 for any.</summary>
    public int DestinationPort { get; init; }

    public IReadOnlyList<IPNetwork> DestinationPrefixes { get; init; } = [];

    /// <summary>SNI: exact names, or <c>*.suffix</c>; lower case.</summary>
    public IReadOnlyList<string> ServerNames { get; init; } = [];

    /// <summary><c>tls</c>, <c>raw_buffer</c> or empty.</summary>
    public string TransportProtocol { get; init; } = "";

    public IReadOnlyList<string> ApplicationProtocols { get; init; } = [];

    public IReadOnlyList<IPNetwork> DirectSourcePrefixes { get; init; } = [];

    public ConnectionSource SourceType { get; init; }

    public IReadOnlyList<IPNetwork> SourcePrefixes { get; init; } = [];

    public IReadOnlyList<int> SourcePorts { get; init; } = [];
}

/// <summary>Envoy <c>FilterChainMatch.ConnectionSourceType</c>.</summary>
public enum ConnectionSource : byte
{
    Any,
    SameIPOrLoopback,
    External,
}
