// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Filters;

/// <summary>What becomes of <c>x-forwarded-client-cert</c> (Envoy <c>ForwardClientCertDetails</c>).</summary>
public enum ForwardClientCert : byte
{
    /// <summary>Removed.</summary>
    Sanitize,

    /// <summary>Kept from clients that have shown a certificate.</summary>
    ForwardOnly,

    /// <summary>Kept from them, and this connection's details behind it.</summary>
    AppendForward,

    /// <summary>Removed, and set to this connection's details.</summary>
    SanitizeSet,

    /// <summary>Kept from everybody.</summary>
    AlwaysForwardOnly,
}

/// <summary>What this proxy says of a client's certificate, beside its hash (Envoy <c>SetCurrentClientCertDetails</c>).</summary>
[Flags]
public enum ClientCertDetails : byte
{
    None = 0,
    Cert = 1 << 0,
    Chain = 1 << 1,
    Subject = 1 << 2,
    Uri = 1 << 3,
    Dns = 1 << 4,
}
