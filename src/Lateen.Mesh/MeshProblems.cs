// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Core;

namespace Lateen.Mesh;

/// <summary>What is wrong with resources only in view of others: codes LT04xx.</summary>
internal static class MeshProblems
{
    /// <param name="how">Why it wins, or where.</param>
    public static Problem HostTaken(ConfigResource resource, string host, ConfigKey winner, string how) =>
        new(
            "LT0401",
            Severity.Warning,
            resource.At,
            resource.Key.ToString(),
            "spec.hosts",
            $"{host} is defined by {winner} already, which {how}",
            "remove one of the two"
        );
}
