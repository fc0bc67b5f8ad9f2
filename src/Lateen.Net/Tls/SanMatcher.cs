// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>Accepts names of one kind in a peer's certificate (Envoy <c>SubjectAltNameMatcher</c>).</summary>
/// <param name="Admits">Called with each name of the kind, as it stands in the certificate.</param>
public sealed record SanMatcher(SanKind Kind, Predicate<string> Admits)
{
    /// <summary>Equal for matchers that admit the same; one that nobody named is like no other.</summary>
    public string Identity { get; init; } = Guid.NewGuid().ToString();

    /// <summary>A certificate for a host: exact, or with a wildcard for its leftmost label (RFC 6125 §6.4.3).</summary>
    public static SanMatcher DnsName(string host) =>
        new(SanKind.Dns, san => Covers(san, host)) { Identity = $"dns:{host}" };

    public bool Matches(PeerCertificate peer)
    {
        foreach (var name in peer.NamesOf(Kind))
        {
            if (Admits(name))
                return true;
        }
        return false;
    }

    /// <summary>Whether the DNS name of a certificate stands for a host.</summary>
    public static bool Covers(string san, string host)
    {
        if (string.Equals(san, host, StringComparison.OrdinalIgnoreCase))
            return true;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return san.StartsWith("*.", StringComparison.Ordinal)
            && dot > 0
            && host.AsSpan(dot).Equals(san.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Kinds of names in a certificate (RFC 5280 §4.2.1.6).</summary>
public enum SanKind : byte
{
    Email,
    Dns,
    Uri,
    IPAddress,
}
