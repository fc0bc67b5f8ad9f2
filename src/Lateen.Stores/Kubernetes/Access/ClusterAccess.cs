// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>Where an API server is, how it is known to be that, and who asks it.</summary>
/// <param name="Server">Its address; a path in it stands in front of all others.</param>
/// <param name="Credentials">Who asks.</param>
public sealed record ClusterAccess(Uri Server, ClusterCredentials Credentials)
{
    /// <summary>Nobody in particular asks.</summary>
    public ClusterAccess(Uri server)
        : this(server, ClusterCredentials.Nobody) { }

    /// <summary>Who its certificate must be of; null for those that the machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Name that its certificate must have; null for the one of its address.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whoever answers is taken for it: only where a kubeconfig says so.</summary>
    public bool IsUnverified { get; init; }

    /// <summary>Proxy of HTTP or SOCKS on the way to it; null for the one that the environment names, if any.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Headers that say for whom is asked (impersonation).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
