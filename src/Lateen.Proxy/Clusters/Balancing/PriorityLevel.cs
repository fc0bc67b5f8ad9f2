// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>The endpoints of one priority, by health.</summary>
internal sealed class PriorityLevel
{
    private readonly EndpointEntry[] _all;
    private readonly EndpointEntry[] _healthy;
    private readonly EndpointEntry[] _degraded;

    public PriorityLevel(EndpointEntry[] endpoints)
    {
        _all = endpoints;
        _healthy = Array.FindAll(endpoints, static endpoint => endpoint.Health == EndpointHealth.Healthy);
        _degraded = Array.FindAll(endpoints, static endpoint => endpoint.Health == EndpointHealth.Degraded);
        Health = new LevelHealth(
            endpoints.Length,
            _healthy.Length,
            _degraded.Length,
            endpoints.Count(static endpoint => endpoint.IsExcluded)
        );
    }

    public LevelHealth Health { get; }

    /// <summary>Used in a panic, without regard to health or locality.</summary>
    public EndpointPicker All(PickerFactory factory) => factory.Flat(_all);

    public EndpointPicker Healthy(PickerFactory factory, bool byLocality, int overprovisioning) =>
        Pickers(_healthy, factory, byLocality, overprovisioning);

    public EndpointPicker Degraded(PickerFactory factory, bool byLocality, int overprovisioning) =>
        Pickers(_degraded, factory, byLocality, overprovisioning);

    private EndpointPicker Pickers(
        EndpointEntry[] endpoints,
        PickerFactory factory,
        bool byLocality,
        int overprovisioning
    ) => byLocality ? factory.ByLocality(endpoints, _all, overprovisioning) : factory.Flat(endpoints);
}
