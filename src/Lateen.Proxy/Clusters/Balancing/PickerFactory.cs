// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>Makes pickers of a cluster's policy.</summary>
/// <param name="seed">Where round robins start, so that a rebuilt balancer does not favour the first endpoint.</param>
internal sealed class PickerFactory(ClusterSpec spec, int workers, uint seed)
{
    private bool IsHashing => spec.Balancer is BalancerKind.RingHash or BalancerKind.Maglev;

    /// <summary>Chooses among endpoints whatever their locality.</summary>
    public EndpointPicker Flat(EndpointEntry[] endpoints) => Create(endpoints, EndpointWeights.Of(endpoints));

    /// <summary>
    /// Chooses a locality by its weight, then an endpoint there (Envoy <c>locality_weighted_lb_config</c>). A locality whose
    /// endpoints are not all available counts by weight × min(1, overprovisioning × available / all).
    /// </summary>
    /// <param name="endpoints">Those of <paramref name="all"/> that may be used.</param>
    public EndpointPicker ByLocality(EndpointEntry[] endpoints, EndpointEntry[] all, int overprovisioning)
    {
        var localities = endpoints.GroupBy(static endpoint => endpoint.Spec.Locality).ToArray();
        var weights = new double[localities.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            var locality = localities[i].Key;
            var known = all.Count(endpoint => endpoint.Spec.Locality == locality);
            var available = overprovisioning / 100.0 * localities[i].Count() / known;
            weights[i] = locality.Weight * Math.Min(1, available);
        }
        if (weights.Sum() == 0)
            return NoEndpoints.Instance;
        if (IsHashing)
            return Create(endpoints, Fold(endpoints, localities, weights));
        var pickers = Array.ConvertAll(localities, locality => Flat(locality.ToArray()));
        return new LocalityPicker(pickers, new WeightedTurns(weights, workers, seed));
    }

    /// <summary>A ring knows no localities: an endpoint's share of its locality times the locality's becomes its weight.</summary>
    private static double[] Fold(
        EndpointEntry[] endpoints,
        IGrouping<LocalitySpec, EndpointEntry>[] localities,
        double[] weights
    )
    {
        var shares = new Dictionary<LocalitySpec, double>();
        for (var i = 0; i < localities.Length; i++)
            shares[localities[i].Key] = weights[i] / localities[i].Sum(static endpoint => (double)endpoint.Weight);
        return Array.ConvertAll(endpoints, endpoint => endpoint.Weight * shares[endpoint.Spec.Locality]);
    }

    private EndpointPicker Create(EndpointEntry[] endpoints, double[] weights)
    {
        if (endpoints.Length == 0)
            return NoEndpoints.Instance;
        var isWarming = spec.SlowStart is not null;
        return spec.Balancer switch
        {
            BalancerKind.RingHash => new RingHashPicker(endpoints, weights, spec.HashBalancer),
            BalancerKind.Maglev => new MaglevPicker(endpoints, weights, spec.HashBalancer),
            BalancerKind.Random => new RandomPicker(endpoints),
            BalancerKind.LeastRequest when isWarming || !EndpointWeights.AreEqual(endpoints) => new WarmingPicker(
                endpoints,
                workers,
                spec.SlowStart,
                spec.ActiveRequestBias
            ),
            BalancerKind.LeastRequest => new LeastRequestPicker(endpoints, spec.ChoiceCount),
            _ when isWarming => new WarmingPicker(endpoints, workers, spec.SlowStart, bias: 0),
            _ => new RoundRobinPicker(endpoints, workers, seed),
        };
    }
}
