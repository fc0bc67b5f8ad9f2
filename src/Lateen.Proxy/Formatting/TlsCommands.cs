// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Tls;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary>Commands about TLS connections: <c>DOWNSTREAM_PEER_URI_SAN</c>, <c>UPSTREAM_TLS_VERSION</c> and their like.</summary>
internal static class TlsCommands
{
    private const string Downstream = "DOWNSTREAM_";
    private const string Upstream = "UPSTREAM_";

    /// <summary>Those that Envoy has for upstream connections too.</summary>
    private static readonly HashSet<string> s_ofUpstreams = new(StringComparer.Ordinal)
    {
        "TLS_CIPHER",
        "TLS_VERSION",
        "TLS_SESSION_ID",
        "PEER_ISSUER",
        "PEER_CERT",
        "PEER_SUBJECT",
        "PEER_URI_SAN",
        "PEER_DNS_SAN",
        "PEER_IP_SAN",
        "PEER_CERT_V_START",
        "PEER_CERT_V_END",
        "LOCAL_URI_SAN",
        "LOCAL_DNS_SAN",
        "LOCAL_IP_SAN",
    };

    /// <summary>Null for a command about something else.</summary>
    public static FormatPart? Parse(string name, string argument)
    {
        if (name.StartsWith(Downstream, StringComparison.Ordinal))
            return Part(name[Downstream.Length..], argument, static stream => stream.DownstreamTls);
        if (name.StartsWith(Upstream, StringComparison.Ordinal) && s_ofUpstreams.Contains(name[Upstream.Length..]))
            return Part(name[Upstream.Length..], argument, static stream => stream.UpstreamTls);
        return null;
    }

    private static FormatPart? Part(string what, string argument, Func<StreamInfo, TlsConnection?> connection)
    {
        if (List(what) is { } list)
            return new TlsListPart(connection, list);
        if (Text(what) is { } text)
            return new TextPart(stream => connection(stream) is { } tls ? text(tls) : null);
        return what switch
        {
            "PEER_CERT_V_START" => new TimePart(argument, stream => Ticks(connection(stream)?.Peer?.NotBefore)),
            "PEER_CERT_V_END" => new TimePart(argument, stream => Ticks(connection(stream)?.Peer?.NotAfter)),
            "PEER_CHAIN_FINGERPRINTS_256" => new TlsChainPart(connection, static one => one.Sha256),
            "PEER_CHAIN_FINGERPRINTS_1" => new TlsChainPart(connection, static one => one.Sha1),
            "PEER_CHAIN_SERIALS" => new TlsChainPart(connection, static one => one.SerialNumber),
            _ => null,
        };
    }

    private static Func<TlsConnection, IReadOnlyList<string>>? List(string what) =>
        what switch
        {
            "PEER_URI_SAN" => static tls => tls.Peer?.Uris ?? [],
            "PEER_DNS_SAN" => static tls => tls.Peer?.DnsNames ?? [],
            "PEER_IP_SAN" => static tls => tls.Peer?.NamesOf(SanKind.IPAddress) ?? [],
            "PEER_EMAIL_SAN" => static tls => tls.Peer?.NamesOf(SanKind.Email) ?? [],
            "LOCAL_URI_SAN" => static tls => tls.Own?.Uris ?? [],
            "LOCAL_DNS_SAN" => static tls => tls.Own?.DnsNames ?? [],
            "LOCAL_IP_SAN" => static tls => tls.Own?.NamesOf(SanKind.IPAddress) ?? [],
            "LOCAL_EMAIL_SAN" => static tls => tls.Own?.NamesOf(SanKind.Email) ?? [],
            _ => null,
        };

    /// <summary>Of what is empty a log has a dash, as where there is no TLS.</summary>
    private static Func<TlsConnection, string?>? Text(string what) =>
        what switch
        {
            "PEER_SUBJECT" => static tls => Filled(tls.Peer?.Subject),
            "LOCAL_SUBJECT" => static tls => Filled(tls.Own?.Subject),
            "PEER_ISSUER" => static tls => Filled(tls.Peer?.Issuer),
            "PEER_FINGERPRINT_256" => static tls => tls.Peer?.Sha256,
            "PEER_FINGERPRINT_1" => static tls => tls.Peer?.Sha1,
            "PEER_SERIAL" => static tls => tls.Peer?.SerialNumber,
            "PEER_CERT" => static tls => tls.Peer?.UrlEncodedPem,
            "TLS_SESSION_ID" => static tls => Filled(tls.SessionId),
            "TLS_CIPHER" => static tls => tls.Cipher,
            "TLS_VERSION" => static tls => tls.Version,
            _ => null,
        };

    private static string? Filled(string? text) => text is { Length: > 0 } ? text : null;

    private static long? Ticks(DateTimeOffset? time) => time?.UtcTicks - DateTime.UnixEpoch.Ticks;

    /// <summary>Names of a certificate with commas between.</summary>
    private sealed class TlsListPart(
        Func<StreamInfo, TlsConnection?> connection,
        Func<TlsConnection, IReadOnlyList<string>> names
    ) : FormatPart
    {
        public override int TryWrite(StreamInfo stream, Span<byte> destination)
        {
            if (connection(stream) is not { } tls || names(tls) is not { Count: > 0 } list)
                return None;
            var at = 0;
            for (var i = 0; i < list.Count; i++)
            {
                if (i > 0)
                    at += Put(","u8, destination[at..]);
                at += Put(list[i], destination[at..]);
            }
            return at;
        }
    }

    /// <summary>A text of each certificate of the peer's chain, with commas between.</summary>
    private sealed class TlsChainPart(Func<StreamInfo, TlsConnection?> connection, Func<PeerCertificate, string> text)
        : FormatPart
    {
        public override int TryWrite(StreamInfo stream, Span<byte> destination)
        {
            if (connection(stream)?.PeerChain is not { Count: > 0 } chain)
                return None;
            var at = 0;
            for (var i = 0; i < chain.Count; i++)
            {
                if (i > 0)
                    at += Put(","u8, destination[at..]);
                at += Put(text(chain[i]), destination[at..]);
            }
            return at;
        }
    }
}
