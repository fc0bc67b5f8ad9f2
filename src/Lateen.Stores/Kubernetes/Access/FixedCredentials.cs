// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>Credentials that stay as they are: a token, a name with a password, a certificate.</summary>
internal sealed class FixedCredentials(AuthenticationHeaderValue? authorization, X509Certificate2? certificate = null)
    : ClusterCredentials
{
    public override X509Certificate2? Certificate => certificate;

    public override ValueTask<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken stop) =>
        new(authorization);
}
