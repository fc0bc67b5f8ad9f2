// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;

namespace Lateen.ControlPlane.ResourceApi.Security;

/// <summary>
/// Knows callers by what they show, and shows who we are. The seam to whoever keeps keys: files today.
/// </summary>
internal interface IApiAuthenticator
{
    /// <summary>With its key.</summary>
    X509Certificate2 ServerCertificate { get; }

    /// <summary>What is between it and its root; empty for most.</summary>
    X509Certificate2Collection ServerChain { get; }

    /// <summary>Whether a certificate is one of a client that we know the issuer of.</summary>
    bool IsTrusted(X509Certificate2 client);

    /// <summary>Null when nobody is known by the token.</summary>
    ApiUser? ByToken(string token);
}
