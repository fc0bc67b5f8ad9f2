// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;

namespace Lateen.Proxy.Health;

/// <summary>An endpoint's requests in one interval, and the share of them that went well, in percent.</summary>
internal readonly record struct EndpointRate(EndpointState Endpoint, EndpointRecord Record, long Total, double Success);

/// <summary>Which endpoints stand out by their rates, as Envoy reckons.</summary>
internal static class OutlierRates
{
    /// <summary>Those whose success is less than the mean less so many standard deviations.</summary>
    /// <param name="factor">Of the deviation, in thousandths.</param>
    public static IEnumerable<EndpointRate> BelowTheOthers(
        IReadOnlyList<EndpointRate> rates,
        RateRule rule,
        uint factor
    )
    {
        var counted = rates.Where(rate => rate.Total >= rule.MinRequests).ToArray();
        if (counted.Length == 0 || counted.Length < rule.MinHosts)
            return [];
        var mean = counted.Average(static rate => rate.Success);
        var variance = counted.Average(rate => (rate.Success - mean) * (rate.Success - mean));
        var threshold = mean - (Math.Sqrt(variance) * factor / 1000);
        return counted.Where(rate => rate.Success < threshold);
    }

    /// <summary>Those that failed at least <paramref name="threshold"/> percent.</summary>
    public static IEnumerable<EndpointRate> AboveThreshold(
        IReadOnlyList<EndpointRate> rates,
        RateRule rule,
        uint threshold
    )
    {
        var counted = rates.Where(rate => rate.Total >= rule.MinRequests).ToArray();
        return counted.Length < rule.MinHosts ? [] : counted.Where(rate => 100 - rate.Success >= threshold);
    }
}
