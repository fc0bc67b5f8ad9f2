// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Lateen.Config;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>All workload endpoints at one moment. Apart from configuration, since they change most.</summary>
public sealed class EndpointSnapshot(long revision, IReadOnlyList<WorkloadEndpoint> endpoints)
{
    /// <summary>One endpoint object per resource, for as long as the resource stands: what did not change is found again by reference.</summary>
    private static readonly ConditionalWeakTable<ConfigResource<WorkloadEntry>, WorkloadEndpoint> s_derived = new();

    public static EndpointSnapshot Empty { get; } = new(0, []);

    /// <summary>Grows with every change.</summary>
    public long Revision => revision;

    public IReadOnlyList<WorkloadEndpoint> Endpoints => endpoints;

    /// <summary>The endpoints that WorkloadEntries describe.</summary>
    public static EndpointSnapshot From(ConfigSnapshot config) =>
        new(
            config.Revision,
            config
                .Of<WorkloadEntry>()
                .Select(static entry => s_derived.GetValue(entry, WorkloadEndpoint.From))
                .ToArray()
        );
}
