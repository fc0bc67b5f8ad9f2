// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Listeners.Inspectors;

/// <summary>What looks at a connection before its filter chain is chosen (Envoy <c>ListenerFilter</c>).</summary>
/// <param name="AllowsPlain"><c>allow_requests_without_proxy_protocol</c>; of the PROXY protocol filter only.</param>
public sealed record ListenerFilterSpec(ListenerFilterKind Kind, bool AllowsPlain = false)
{
    /// <summary><c>filter_disabled</c>: connections it leaves alone; null for none.</summary>
    public ListenerPredicate? Disabled { get; init; }
}

/// <summary>The filters there are.</summary>
public enum ListenerFilterKind : byte
{
    /// <summary>Restores where the client meant to go before iptables redirected it.</summary>
    OriginalDestination,

    /// <summary>Reads SNI and ALPN off a ClientHello.</summary>
    TlsInspector,

    /// <summary>Tells HTTP/1 and cleartext HTTP/2 from everything else.</summary>
    HttpInspector,

    /// <summary>Takes a PROXY protocol header off the front, versions 1 and 2.</summary>
    ProxyProtocol,
}
