// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Filters.Cors;

/// <summary>What a route grants to scripts of other origins (Envoy <c>CorsPolicy</c>).</summary>
internal sealed class CorsPolicy(IReadOnlyList<StringMatchSpec> origins)
{
    private readonly ByteMatcher[] _origins = Compile(origins);

    /// <summary><c>allow_methods</c>, as in the header; null for none.</summary>
    public byte[]? Methods { get; init; }

    /// <summary><c>allow_headers</c>.</summary>
    public byte[]? Headers { get; init; }

    /// <summary><c>expose_headers</c>.</summary>
    public byte[]? ExposedHeaders { get; init; }

    /// <summary><c>max_age</c>, in seconds.</summary>
    public byte[]? MaxAge { get; init; }

    /// <summary><c>allow_credentials</c>.</summary>
    public bool AllowsCredentials { get; init; }

    /// <summary><c>allow_private_network_access</c>.</summary>
    public bool AllowsPrivateNetwork { get; init; }

    /// <summary><c>filter_enabled</c>: share of requests in millionths; null for all.</summary>
    public uint? Share { get; init; }

    /// <summary><c>forward_not_matching_preflights</c>: the upstream answers them, as by default; else we do.</summary>
    public bool ForwardsOthers { get; init; } = true;

    public static byte[]? Text(string text) => text.Length == 0 ? null : Encoding.ASCII.GetBytes(text);

    public bool Allows(ReadOnlySpan<byte> origin)
    {
        foreach (var matcher in _origins)
        {
            if (matcher.Matches(origin))
                return true;
        }
        return false;
    }

    private static ByteMatcher[] Compile(IReadOnlyList<StringMatchSpec> specs)
    {
        var matchers = new ByteMatcher[specs.Count];
        for (var i = 0; i < matchers.Length; i++)
            matchers[i] = new ByteMatcher(specs[i]);
        return matchers;
    }
}
