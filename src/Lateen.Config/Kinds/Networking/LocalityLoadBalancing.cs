// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Where traffic goes by region, zone and subzone.</summary>
public sealed record LocalityLoadBalancing
{
    /// <summary>Fixed shares.</summary>
    public IReadOnlyList<LocalityDistribution> Distribute { get; init; } = [];

    /// <summary>Where traffic of a region goes when it has no healthy endpoint.</summary>
    public IReadOnlyList<LocalityFailover> Failover { get; init; } = [];

    /// <summary>Labels, in order, that an endpoint must share with the client to be preferred.</summary>
    public IReadOnlyList<string> FailoverPriority { get; init; } = [];

    /// <summary>Overrides the mesh's setting.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>Shares of one locality's traffic.</summary>
public sealed record LocalityDistribution
{
    /// <summary><c>region/zone/subzone</c> of the client, with <c>*</c> at the end for any.</summary>
    public string From { get; init; } = "";

    /// <summary>Per cent by locality; together 100.</summary>
    [Range(0, 100)]
    public IReadOnlyDictionary<string, int> To { get; init; } = new Dictionary<string, int>();
}

/// <summary>Where traffic of a region goes next.</summary>
public sealed record LocalityFailover
{
    /// <summary>A region.</summary>
    public string From { get; init; } = "";

    /// <summary>Another region.</summary>
    public string To { get; init; } = "";
}

/// <summary>Keeps traffic in its zone while the zone can take it.</summary>
public sealed record ZoneAwareLoadBalancing
{
    /// <summary>Endpoints of its region that the service must have: 6.</summary>
    [Range(0)]
    public long MinClusterSize { get; init; } = 6;

    /// <summary>Overrides the mesh's setting.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Where traffic of a region goes when it has no healthy endpoint.</summary>
    public IReadOnlyList<LocalityFailover> Failover { get; init; } = [];

    /// <summary>Labels, in order, that an endpoint must share with the client to be preferred.</summary>
    public IReadOnlyList<string> FailoverPriority { get; init; } = [];
}
