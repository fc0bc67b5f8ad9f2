// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Listeners.Inspectors;

/// <summary>What looks at a connection before its filter chain is chosen (Envoy <c>ListenerFilter</c>).</summary>
public sealed record ListenerFilterSpec(ListenerFilterKind Kind)
{
    /// <summary><c>filter_disabled</c>: connections it leaves alone; null for none.</summary>
    public ListenerPredicate? Disabled { get; init; }

    /// <summary>Settings of the PROXY protocol filter.</summary>
    public ProxyProtocolSpec ProxyProtocol { get; init; } = ProxyProtocolSpec.Default;

    /// <summary><c>enable_ja3_fingerprinting</c> of the TLS inspector.</summary>
    public bool MakesJa3 { get; init; }
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
