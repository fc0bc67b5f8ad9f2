// SPDX-License-Identifier: Apache-2.0
namespace Lateen.ControlPlane.ResourceApi.Security;

/// <summary>Who asks.</summary>
internal sealed record ApiUser(string Name, IReadOnlyList<string> Groups)
{
    /// <summary>May do anything (Kubernetes).</summary>
    public const string Masters = "system:masters";

    /// <summary>May read everything but secrets; ours.</summary>
    public const string Readers = "lateen:readers";

    /// <summary>Whoever reaches a loopback address in plaintext runs on this machine.</summary>
    public static ApiUser Local { get; } = new("system:admin", [Masters]);
}
