// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Text;
using Lateen.Http;

namespace Lateen.Proxy.Routing;

/// <summary>
/// Executable form of a <see cref="RouteConfigurationSpec"/>: finds the route of a request. Immutable, shared by all
/// workers; <see cref="Match"/> allocates nothing.
/// </summary>
public sealed class RouteTable
{
    /// <summary>RFC 1035 admits 255 octets of name; a longer host matches no exact domain.</summary>
    private const int MaxHostLength = 260;

    private readonly RouteConfigurationSpec _spec;
    private readonly FrozenDictionary<string, VirtualHost>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly (string Suffix, VirtualHost Host)[] _suffixes;
    private readonly (string Prefix, VirtualHost Host)[] _prefixes;
    private readonly VirtualHost? _any;

    private RouteTable(
        RouteConfigurationSpec spec,
        Dictionary<string, VirtualHost> exact,
        List<(string, VirtualHost)> suffixes,
        List<(string, VirtualHost)> prefixes,
        VirtualHost? any
    )
    {
        _spec = spec;
        _exact = exact.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        suffixes.Sort(static (a, b) => b.Item1.Length - a.Item1.Length);
        prefixes.Sort(static (a, b) => b.Item1.Length - a.Item1.Length);
        _suffixes = suffixes.ToArray();
        _prefixes = prefixes.ToArray();
        _any = any;
    }

    public string Name => _spec.Name;

    /// <summary>Compiles a configuration whose patterns were checked when it was decoded.</summary>
    /// <exception cref="ArgumentException">Two virtual hosts claim one domain; the message names it.</exception>
    public static RouteTable Build(RouteConfigurationSpec spec)
    {
        var exact = new Dictionary<string, VirtualHost>(StringComparer.Ordinal);
        var suffixes = new List<(string, VirtualHost)>();
        var prefixes = new List<(string, VirtualHost)>();
        VirtualHost? any = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var hostSpec in spec.VirtualHosts)
        {
            var host = new VirtualHost(hostSpec, spec);
            foreach (var name in hostSpec.Domains)
            {
                var domain = name.ToLowerInvariant();
                if (!seen.Add(domain))
                    throw new ArgumentException($"virtual host {hostSpec.Name} repeats the domain {domain}");
                if (domain == "*")
                    any = host;
                else if (domain.StartsWith('*'))
                    suffixes.Add((domain[1..], host));
                else if (domain.EndsWith('*'))
                    prefixes.Add((domain[..^1], host));
                else
                    exact[domain] = host;
            }
        }
        return new RouteTable(spec, exact, suffixes, prefixes, any);
    }

    /// <summary>The first route of the best virtual host that matches; null when there is none (404, flag NR).</summary>
    /// <param name="random">Decides about runtime fractions.</param>
    public RouteEntry? Match(RequestHead request, ulong random)
    {
        if (FindHost(request.Authority) is not { } host)
            return null;
        if (host.Spec.RequireTls != TlsRequirement.None && host.MustRedirect(request))
            return host.TlsRedirect;
        var path = request.PathWithoutQuery;
        foreach (var route in host.Routes)
        {
            if (route.Matcher.Matches(request, path, random))
                return route;
        }
        return null;
    }

    /// <summary>Exact name, then the longest suffix, then the longest prefix, then <c>*</c> (Envoy <c>VirtualHost.domains</c>).</summary>
    private VirtualHost? FindHost(ReadOnlySpan<byte> authority)
    {
        if (_spec.IgnorePortInHostMatching)
            authority = WithoutPort(authority);
        if (authority.Length > MaxHostLength)
            return _any;
        Span<char> buffer = stackalloc char[MaxHostLength];
        Ascii.ToUtf16(authority, buffer, out var length);
        ReadOnlySpan<char> host = buffer[..length];
        Ascii.ToLowerInPlace(buffer[..length], out _);
        if (_exact.TryGetValue(host, out var found))
            return found;
        // A wildcard stands for at least one character.
        foreach (var (suffix, virtualHost) in _suffixes)
        {
            if (host.Length > suffix.Length && host.EndsWith(suffix, StringComparison.Ordinal))
                return virtualHost;
        }
        foreach (var (prefix, virtualHost) in _prefixes)
        {
            if (host.Length > prefix.Length && host.StartsWith(prefix, StringComparison.Ordinal))
                return virtualHost;
        }
        return _any;
    }

    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> authority)
    {
        var colon = authority.LastIndexOf((byte)':');
        // The colons inside an IPv6 literal are no port's.
        return colon < 0 || authority[colon..].Contains((byte)']') ? authority : authority[..colon];
    }
}

/// <summary>Executable form of a <see cref="VirtualHostSpec"/>.</summary>
public sealed class VirtualHost
{
    internal VirtualHost(VirtualHostSpec spec, RouteConfigurationSpec table)
    {
        Spec = spec;
        Routes = new RouteEntry[spec.Routes.Count];
        for (var i = 0; i < Routes.Length; i++)
            Routes[i] = new RouteEntry(spec.Routes[i], this, table);
        TlsRedirect = new RouteEntry(
            new RouteSpec
            {
                Match = new RouteMatchSpec { PathKind = PathMatchKind.Prefix, Path = "/" },
                Action = new RedirectActionSpec { Scheme = "https" },
            },
            this,
            table
        );
    }

    public VirtualHostSpec Spec { get; }

    internal RouteEntry[] Routes { get; }

    /// <summary>Where <c>require_tls</c> sends plaintext requests: the same address with https, 301.</summary>
    internal RouteEntry TlsRedirect { get; }

    /// <summary>Goes by x-forwarded-proto, as Envoy: TLS may have ended at a load balancer before us.</summary>
    internal bool MustRedirect(RequestHead request)
    {
        var headers = request.Headers;
        if (headers.TryGet(KnownHeader.XForwardedProto, out var scheme) && scheme.SequenceEqual("https"u8))
            return false;
        return Spec.RequireTls == TlsRequirement.All
            || !headers.TryGet(KnownHeader.XEnvoyInternal, out var isInternal)
            || !isInternal.SequenceEqual("true"u8);
    }
}
