// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Tls;

namespace Lateen.Proxy.TransportSockets;

/// <summary>A secret, decoded and checked (Envoy <c>tls.v3.Secret</c>): a certificate with its key, or how peers are validated.</summary>
public sealed record SecretSpec(TlsCertificate? Certificate, PeerValidation? Validation)
{
    /// <summary>Secrets do not print.</summary>
    public override string ToString() => "***";
}
