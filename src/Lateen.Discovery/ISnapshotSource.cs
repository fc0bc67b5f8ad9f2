// SPDX-License-Identifier: Apache-2.0
using Lateen.Mesh;
using Lateen.Translation;

namespace Lateen.Discovery;

/// <summary>Where the ADS server takes a proxy's configuration from.</summary>
public interface ISnapshotSource
{
    /// <summary>What the proxy gets now. Called often: whoever answers keeps what it made.</summary>
    /// <param name="revision">Of the configuration that it was made of.</param>
    XdsSnapshot SnapshotFor(ProxyNode node, out long revision);
}
