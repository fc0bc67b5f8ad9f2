// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;

namespace Lateen.Xds;

/// <summary>A resource as it came over the wire.</summary>
/// <param name="Name">The name it is subscribed by.</param>
/// <param name="Version">The server's version of it; may be empty (istiod leaves it so).</param>
public sealed record NamedResource(string Name, string Version, Any Body);

/// <summary>What one discovery response changes.</summary>
/// <param name="TypeUrl">One of <see cref="TypeUrls"/>.</param>
/// <param name="IsWhole">
/// True when <paramref name="Changed"/> is the complete set of the type (state-of-the-world CDS and LDS): what is
/// absent is gone.
/// </param>
public sealed record ResourceUpdate(
    string TypeUrl,
    string SystemVersion,
    IReadOnlyList<NamedResource> Changed,
    IReadOnlyList<string> Removed,
    bool IsWhole
);

/// <summary>One resource that was refused; its previous version stays in force.</summary>
public sealed record ResourceRejection(string Name, string Message);

/// <summary>What becomes of discovery responses: implemented by the proxy, called by the xDS client on its own thread.</summary>
public interface IResourceConsumer
{
    /// <summary>Takes an update. Everything valid in it is in force on return; what is not comes back by name.</summary>
    IReadOnlyList<ResourceRejection> Apply(ResourceUpdate update);

    /// <summary>
    /// The names of a non-wildcard type (EDS, RDS, SDS) that what is in force, or warming, refers to. Read after each
    /// <see cref="Apply"/>; its changes become subscriptions.
    /// </summary>
    IReadOnlyCollection<string> ReferencedNames(string typeUrl);

    /// <summary>Whether a resource has not come in its <c>initial_fetch_timeout</c>, so that nobody waits for it any more.</summary>
    /// <param name="name">Empty for all of a wildcard type.</param>
    bool HasGivenUp(string typeUrl, string name);

    /// <summary>Raised by any thread when <see cref="HasGivenUp"/> has become true of something.</summary>
    event Action? GivenUp;
}
