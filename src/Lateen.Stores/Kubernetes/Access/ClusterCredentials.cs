// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>Who asks an API server. What is in it is never part of a message or a log. Any thread may ask.</summary>
public abstract class ClusterCredentials
{
    /// <summary>Nobody in particular.</summary>
    public static ClusterCredentials Nobody { get; } = new FixedCredentials(null);

    /// <summary>What is sent with a request; null for nothing.</summary>
    /// <exception cref="CredentialsException">There are none now; the message says why.</exception>
    public virtual ValueTask<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken stop) =>
        new((AuthenticationHeaderValue?)null);

    /// <summary>What is shown when a connection is made; null for nothing.</summary>
    public virtual X509Certificate2? Certificate => null;

    /// <summary>The server did not know us: whether there may be others the next time.</summary>
    /// <param name="used">What was sent.</param>
    public virtual bool Renew(AuthenticationHeaderValue? used) => false;

    /// <inheritdoc/>
    public sealed override string ToString() => "***";
}

/// <summary>There are no credentials now; the message says why.</summary>
public sealed class CredentialsException(string message, Exception? inner = null) : Exception(message, inner);
