// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Net;

namespace Lateen.Proxy.Listeners;

/// <summary>What of a new connection decides about its filter chain.</summary>
/// <param name="Destination">The original destination where iptables redirected, else the local address.</param>
/// <param name="DirectSource">The peer of the socket, which the PROXY protocol may say speaks for another <paramref name="Source"/>.</param>
/// <param name="ServerName">SNI; empty when there is none.</param>
/// <param name="TransportProtocol"><c>raw_buffer</c> unless an inspector saw TLS.</param>
public readonly record struct ConnectionInfo(
    NetAddress Destination,
    NetAddress Source,
    NetAddress DirectSource,
    string ServerName = "",
    string TransportProtocol = "raw_buffer",
    IReadOnlyList<string>? ApplicationProtocols = null
);

/// <summary>
/// Chooses the filter chain of a connection as Envoy does: criterion by criterion in a fixed order, at each keeping the
/// chains that match most specifically, and never going back. So a chain that matches everything asked for can still
/// lose to one that was more specific earlier and fails later; then the default chain, or none, serves.
/// </summary>
internal sealed class FilterChainMatcher(IReadOnlyList<FilterChainMatchSpec> chains)
{
    private const int NoMatch = -1;
    private const int Unspecified = 0;

    /// <summary>Index of the chain, or -1.</summary>
    public int Match(in ConnectionInfo connection)
    {
        Span<int> candidates = chains.Count <= 128 ? stackalloc int[chains.Count] : new int[chains.Count];
        for (var i = 0; i < candidates.Length; i++)
            candidates[i] = i;
        for (var criterion = 0; criterion < Criteria && candidates.Length > 0; criterion++)
            candidates = KeepMostSpecific(candidates, criterion, connection);
        return candidates.Length > 0 ? candidates[0] : -1;
    }

    private const int Criteria = 9;

    private Span<int> KeepMostSpecific(Span<int> candidates, int criterion, in ConnectionInfo connection)
    {
        var best = NoMatch;
        foreach (var candidate in candidates)
            best = Math.Max(best, Specificity(chains[candidate], criterion, connection));
        var kept = 0;
        foreach (var candidate in candidates)
        {
            if (best >= 0 && Specificity(chains[candidate], criterion, connection) == best)
                candidates[kept++] = candidate;
        }
        return candidates[..kept];
    }

    /// <summary>-1: does not match; 0: does not care; more: the higher the more specific.</summary>
    private static int Specificity(FilterChainMatchSpec chain, int criterion, in ConnectionInfo connection) =>
        criterion switch
        {
            0 => chain.DestinationPort == 0 ? Unspecified
            : chain.DestinationPort == connection.Destination.Port ? 1
            : NoMatch,
            1 => LongestPrefix(chain.DestinationPrefixes, connection.Destination),
            2 => ServerName(chain.ServerNames, connection.ServerName),
            3 => chain.TransportProtocol.Length == 0 ? Unspecified
            : chain.TransportProtocol == connection.TransportProtocol ? 1
            : NoMatch,
            4 => ApplicationProtocol(chain.ApplicationProtocols, connection.ApplicationProtocols),
            5 => LongestPrefix(chain.DirectSourcePrefixes, connection.DirectSource),
            6 => SourceType(chain.SourceType, connection),
            7 => LongestPrefix(chain.SourcePrefixes, connection.Source),
            _ => SourcePort(chain.SourcePorts, connection.Source.Port),
        };

    private static int LongestPrefix(IReadOnlyList<IPNetwork> prefixes, in NetAddress address)
    {
        if (prefixes.Count == 0)
            return Unspecified;
        var best = NoMatch;
        if (address.ToIPAddress() is { } ip)
        {
            foreach (var prefix in prefixes)
            {
                if (prefix.Contains(ip))
                    best = Math.Max(best, prefix.PrefixLength + 1);
            }
        }
        return best;
    }

    private static int ServerName(IReadOnlyList<string> names, string serverName)
    {
        if (names.Count == 0)
            return Unspecified;
        var best = NoMatch;
        foreach (var name in names)
        {
            if (name == serverName)
                return int.MaxValue;
            if (
                name.StartsWith("*.", StringComparison.Ordinal)
                && serverName.EndsWith(name[1..], StringComparison.Ordinal)
            )
                best = Math.Max(best, name.Length);
        }
        return best;
    }

    private static int ApplicationProtocol(IReadOnlyList<string> wanted, IReadOnlyList<string>? offered)
    {
        if (wanted.Count == 0)
            return Unspecified;
        // The client's order decides between chains: what it names first is the most specific.
        for (var i = 0; i < (offered?.Count ?? 0); i++)
        {
            foreach (var candidate in wanted)
            {
                if (candidate == offered![i])
                    return offered.Count - i;
            }
        }
        return NoMatch;
    }

    private static int SourceType(ConnectionSource wanted, in ConnectionInfo connection)
    {
        if (wanted == ConnectionSource.Any)
            return Unspecified;
        var isLocal =
            connection.Source.IsLoopback || connection.Source.WithPort(0) == connection.Destination.WithPort(0);
        return isLocal == (wanted == ConnectionSource.SameIPOrLoopback) ? 1 : NoMatch;
    }

    private static int SourcePort(IReadOnlyList<int> ports, int port)
    {
        if (ports.Count == 0)
            return Unspecified;
        foreach (var candidate in ports)
        {
            if (candidate == port)
                return 1;
        }
        return NoMatch;
    }
}
