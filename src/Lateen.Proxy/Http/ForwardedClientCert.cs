// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Http;
using Lateen.Net.Tls;
using Lateen.Proxy.Filters;

namespace Lateen.Proxy.Http;

/// <summary>
/// <c>x-forwarded-client-cert</c>: whose certificate came with a request, hop by hop, in Envoy's form. An element for each
/// hop, commas between; in it <c>Key=value</c> with semicolons between.
/// </summary>
internal static class ForwardedClientCert
{
    /// <summary>Removes, keeps or sets the header. A client without a certificate proves nothing, and neither does its header.</summary>
    public static void Apply(HeaderMap headers, ServerConnection connection)
    {
        var forwarding = connection.Manager.ForwardClientCert;
        if (forwarding == ForwardClientCert.AlwaysForwardOnly)
            return;
        if (forwarding == ForwardClientCert.Sanitize || connection.Tls?.Peer is null)
        {
            headers.Remove(KnownHeader.XForwardedClientCert);
            return;
        }
        if (forwarding == ForwardClientCert.ForwardOnly)
            return;
        if (forwarding == ForwardClientCert.SanitizeSet)
            headers.Remove(KnownHeader.XForwardedClientCert);
        headers.Add(KnownHeader.XForwardedClientCert, connection.ClientCertDetails);
        headers.Join(KnownHeader.XForwardedClientCert, ","u8);
    }

    /// <summary>This hop's element, in the order in which Envoy writes it.</summary>
    public static byte[] Describe(TlsConnection tls, ClientCertDetails details)
    {
        var peer = tls.Peer!;
        var parts = new List<string>();
        foreach (var uri in tls.Own?.Uris ?? [])
            parts.Add($"By={Escape(uri)}");
        parts.Add($"Hash={peer.Sha256}");
        if (details.HasFlag(ClientCertDetails.Cert))
            parts.Add($"Cert=\"{peer.UrlEncodedPem}\"");
        if (details.HasFlag(ClientCertDetails.Chain))
            parts.Add($"Chain=\"{Chain(tls)}\"");
        if (details.HasFlag(ClientCertDetails.Subject))
            parts.Add($"Subject=\"{peer.Subject}\"");
        if (details.HasFlag(ClientCertDetails.Uri))
            AddAll(parts, "URI", peer.Uris, isKept: true);
        if (details.HasFlag(ClientCertDetails.Dns))
            AddAll(parts, "DNS", peer.DnsNames, isKept: false);
        return Encoding.UTF8.GetBytes(string.Join(';', parts));
    }

    private static string Chain(TlsConnection tls)
    {
        var text = new StringBuilder();
        for (var i = 0; i < tls.PeerChain.Count; i++)
            text.Append(tls.PeerChain[i].UrlEncodedPem);
        return text.ToString();
    }

    /// <summary>
    /// Envoy writes names as they stand in certificates; one with our separators in it, or with a line's end, must not pass
    /// for something else.
    /// </summary>
    private static string Escape(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            if (character is < ' ' or '\u007f' or ',' or ';' or '"' or ' ')
                text.Append(CultureInfo.InvariantCulture, $"%{(int)character:X2}");
            else
                text.Append(character);
        }
        return text.ToString();
    }

    /// <param name="isKept">The key stands there without a value too.</param>
    private static void AddAll(List<string> parts, string key, IReadOnlyList<string> values, bool isKept)
    {
        for (var i = 0; i < values.Count; i++)
            parts.Add($"{key}={Escape(values[i])}");
        if (isKept && values.Count == 0)
            parts.Add($"{key}=");
    }
}
