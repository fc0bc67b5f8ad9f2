// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Net.Loop;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Listeners;
using Api = Envoy.Config.Listener.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Listener resources → <see cref="ListenerSpec"/>.</summary>
internal static class ListenerDecoder
{
    public static ListenerSpec Decode(Api.Listener listener, DecodeContext context)
    {
        var chains = new List<FilterChainSpec>();
        for (var i = 0; i < listener.FilterChains.Count; i++)
        {
            if (Chain(listener.FilterChains[i], $"filter_chains[{i}]", context) is { } chain)
                chains.Add(chain);
        }
        var fallback = listener.DefaultFilterChain is null
            ? null
            : Chain(listener.DefaultFilterChain, "default_filter_chain", context);
        RefuseEqualMatches(chains, context);
        if (listener.FilterChains.Count == 0 && listener.DefaultFilterChain is null)
            context.Add("filter_chains", "is empty; a listener needs at least one chain or a default_filter_chain");
        return new ListenerSpec
        {
            Name = listener.Name,
            Address = context.Address(listener.Address, "address", out _),
            BindToPort = listener.BindToPort ?? true,
            Direction = (TrafficDirection)listener.TrafficDirection,
            FilterChains = chains,
            DefaultFilterChain = fallback,
            ListenerFilters = ListenerFilterDecoder.Decode(listener, context),
            ListenerFiltersTimeout = context.Duration(
                listener.ListenerFiltersTimeout,
                TimeSpan.FromSeconds(15),
                "listener_filters_timeout"
            ),
            ContinuesOnTimeout = listener.ContinueOnListenerFiltersTimeout,
            UseOriginalDestination = listener.UseOriginalDst ?? false,
            DrainType = (DrainType)listener.DrainType,
            IgnoreGlobalConnectionLimit = listener.IgnoreGlobalConnLimit,
            BypassOverloadManager = listener.BypassOverloadManager,
            MaxConnectionsToAcceptPerSocketEvent = AcceptsPerEvent(listener, context),
            TcpBacklogSize = listener.TcpBacklogSize is { } backlog ? (int)Math.Min(backlog, int.MaxValue) : null,
            AccessLogs = AccessLogDecoder.Decode(listener.AccessLog, "access_log", context),
        };
    }

    private static int AcceptsPerEvent(Api.Listener listener, DecodeContext context)
    {
        if (listener.MaxConnectionsToAcceptPerSocketEvent == 0)
            context.Add("max_connections_to_accept_per_socket_event", "is 0; give at least 1, or leave it out");
        return (int)
            Math.Min(listener.MaxConnectionsToAcceptPerSocketEvent ?? EventLoop.DefaultAcceptsPerEvent, int.MaxValue);
    }

    /// <summary>Two chains that the same connection could not tell apart, which Envoy refuses too.</summary>
    private static void RefuseEqualMatches(List<FilterChainSpec> chains, DecodeContext context)
    {
        var seen = new Dictionary<string, FilterChainSpec>(StringComparer.Ordinal);
        foreach (var chain in chains)
        {
            foreach (var key in chain.Match.Keys())
            {
                if (!seen.TryAdd(key, chain) && !ReferenceEquals(seen[key], chain))
                    context.Add(
                        "filter_chains",
                        $"\"{chain.Name}\" and \"{seen[key].Name}\" match the same connections; make their matches differ"
                    );
            }
        }
    }

    private static FilterChainSpec? Chain(Api.FilterChain chain, string path, DecodeContext context)
    {
        NetworkFilterSpec? terminal = null;
        for (var i = 0; i < chain.Filters.Count; i++)
        {
            var filter = NetworkFilterDecoder.Decode(chain.Filters[i], $"{path}.filters[{i}]", context);
            if (filter is not null && i != chain.Filters.Count - 1)
                context.Add($"{path}.filters[{i}]", "is a terminal filter and must be the last");
            terminal = filter ?? terminal;
        }
        if (terminal is null)
        {
            if (!context.HasProblems)
                context.Add($"{path}.filters", "has no terminal filter: http_connection_manager or tcp_proxy");
            return null;
        }
        return new FilterChainSpec(
            chain.Name,
            Match(chain.FilterChainMatch, $"{path}.filter_chain_match", context),
            terminal
        )
        {
            Socket = TransportSocketDecoder.Downstream(
                chain.TransportSocket,
                chain.FilterChainMatch?.ServerNames.ToArray() ?? [],
                $"{path}.transport_socket",
                context
            ),
            HandshakeTimeout = context.Duration(
                chain.TransportSocketConnectTimeout,
                TimeSpan.Zero,
                $"{path}.transport_socket_connect_timeout"
            ),
        };
    }

    private static FilterChainMatchSpec Match(Api.FilterChainMatch? match, string path, DecodeContext context) =>
        match is null
            ? FilterChainMatchSpec.Any
            : new FilterChainMatchSpec
            {
                DestinationPort = (int)(match.DestinationPort ?? 0),
                DestinationPrefixes = Prefixes(match.PrefixRanges, $"{path}.prefix_ranges", context),
                ServerNames = match.ServerNames.Select(static name => name.ToLowerInvariant()).ToArray(),
                TransportProtocol = match.TransportProtocol,
                ApplicationProtocols = match.ApplicationProtocols.ToArray(),
                DirectSourcePrefixes = Prefixes(
                    match.DirectSourcePrefixRanges,
                    $"{path}.direct_source_prefix_ranges",
                    context
                ),
                SourceType = (ConnectionSource)match.SourceType,
                SourcePrefixes = Prefixes(match.SourcePrefixRanges, $"{path}.source_prefix_ranges", context),
                SourcePorts = match.SourcePorts.Select(static port => (int)port).ToArray(),
            };

    public static List<IPNetwork> Prefixes(
        IReadOnlyList<Envoy.Config.Core.V3.CidrRange> ranges,
        string path,
        DecodeContext context
    )
    {
        var prefixes = new List<IPNetwork>();
        for (var i = 0; i < ranges.Count; i++)
        {
            var length = (int)(ranges[i].PrefixLen ?? 0);
            if (
                !IPAddress.TryParse(ranges[i].AddressPrefix, out var address)
                || length > address.GetAddressBytes().Length * 8
            )
                context.Add($"{path}[{i}]", $"{ranges[i].AddressPrefix}/{length} is no CIDR range");
            else
                prefixes.Add(new IPNetwork(Mask(address, length), length));
        }
        return prefixes;
    }

    /// <summary>Envoy admits host bits in a range; IPNetwork does not.</summary>
    private static IPAddress Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}
