// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>An endpoint as one version of its cluster sees it.</summary>
public sealed record EndpointEntry(EndpointState State, EndpointSpec Spec)
{
    public uint Weight => Spec.Weight;

    public int Priority => Spec.Priority;

    /// <summary>What configuration says, unless the proxy knows better.</summary>
    public EndpointHealth Health =>
        (State.Flags & HealthFlags.Failed) != HealthFlags.None ? EndpointHealth.Unhealthy
        : Spec.Health == EndpointHealth.Healthy && Has(HealthFlags.DegradedActiveCheck) ? EndpointHealth.Degraded
        : Spec.Health == EndpointHealth.Draining ? EndpointHealth.Unhealthy
        : Spec.Health;

    /// <summary>Left out by outlier detection.</summary>
    public bool IsEjected => Has(HealthFlags.FailedOutlierCheck);

    /// <summary>Not counted among the cluster's endpoints where loads and panics are reckoned.</summary>
    public bool IsExcluded => Has(HealthFlags.Excluded);

    public bool IsHealthy => Health == EndpointHealth.Healthy;

    /// <summary>Discovery has dropped it, or is about to, and no check speaks for it.</summary>
    internal bool IsToBeDropped =>
        Has(HealthFlags.FailedActiveCheck) || Spec.Health is EndpointHealth.Unhealthy or EndpointHealth.Draining;

    /// <summary>Any of these flags is set.</summary>
    public bool Has(HealthFlags flags) => (State.Flags & flags) != HealthFlags.None;
}
