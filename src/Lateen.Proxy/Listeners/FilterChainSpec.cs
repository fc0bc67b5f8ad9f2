// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Proxy.Filters;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Listeners;

/// <summary>One way to serve a connection of a listener (Envoy <c>config.listener.v3.FilterChain</c>).</summary>
/// <param name="Terminal">The network filter that ends the chain: HTTP connection manager or TCP proxy.</param>
public sealed record FilterChainSpec(string Name, FilterChainMatchSpec Match, NetworkFilterSpec Terminal)
{
    public TransportSocketSpec Socket { get; init; } = TransportSocketSpec.Plaintext;

    /// <summary><c>transport_socket_connect_timeout</c>: how long a handshake may take; zero, the default, is for ever.</summary>
    public TimeSpan HandshakeTimeout { get; init; }
}

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

    /// <summary>One text for each combination of the values that it admits: equal texts match equal connections.</summary>
    public IEnumerable<string> Keys()
    {
        IEnumerable<string> keys = [$"{DestinationPort}/{TransportProtocol}/{SourceType}"];
        keys = Times(keys, DestinationPrefixes);
        keys = Times(keys, ServerNames);
        keys = Times(keys, ApplicationProtocols);
        keys = Times(keys, DirectSourcePrefixes);
        keys = Times(keys, SourcePrefixes);
        return Times(keys, SourcePorts);
    }

    private static IEnumerable<string> Times<T>(IEnumerable<string> keys, IReadOnlyList<T> values)
    {
        foreach (var key in keys)
        {
            if (values.Count == 0)
                yield return key + "/";
            foreach (var value in values)
                yield return $"{key}/{value}";
        }
    }
}

/// <summary>Envoy <c>FilterChainMatch.ConnectionSourceType</c>.</summary>
public enum ConnectionSource : byte
{
    Any,
    SameIPOrLoopback,
    External,
}
