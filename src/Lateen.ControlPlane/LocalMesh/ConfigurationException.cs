// SPDX-License-Identifier: Apache-2.0
namespace Lateen.ControlPlane.LocalMesh;

/// <summary>The configuration cannot be run; each message is for its author.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<string> Problems => problems;
}
