// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>Somebody holds something until it is not renewed any more: by these control planes choose the one that writes statuses.</summary>
[Kind("coordination.k8s.io", "leases", "v1", IsWhole = true)]
public sealed record Lease
{
    /// <summary>Who holds it, and for how long.</summary>
    public LeaseSpec? Spec { get; init; }
}

/// <summary>Who holds a lease, and for how long.</summary>
public sealed record LeaseSpec
{
    /// <summary>Who holds it; nobody when empty.</summary>
    public string HolderIdentity { get; init; } = "";

    /// <summary>Seconds that it holds after each renewal.</summary>
    [Range(1)]
    public int? LeaseDurationSeconds { get; init; }

    /// <summary>When its holder took it.</summary>
    public DateTimeOffset? AcquireTime { get; init; }

    /// <summary>When its holder renewed it last.</summary>
    public DateTimeOffset? RenewTime { get; init; }

    /// <summary>How often it went from one holder to another.</summary>
    [Range(0)]
    public int? LeaseTransitions { get; init; }

    /// <summary>Kubernetes' own, of coordinated elections; nobody here chooses by it.</summary>
    public string Strategy { get; init; } = "";

    /// <summary>Kubernetes' own: who should have it rather than its holder.</summary>
    public string PreferredHolder { get; init; } = "";
}
