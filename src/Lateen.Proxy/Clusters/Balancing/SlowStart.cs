// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>Gives a new endpoint less than its weight until it has warmed up (Envoy <c>SlowStartConfig</c>).</summary>
/// <param name="Window"><c>slow_start_window</c>.</param>
/// <param name="Aggression"><c>aggression</c>: 1 grows evenly, more grows faster at first.</param>
/// <param name="MinWeightPercent"><c>min_weight_percent</c>: 10.</param>
public sealed record SlowStart(TimeSpan Window, double Aggression = 1, double MinWeightPercent = 10)
{
    /// <summary>Share of its weight that an endpoint has: max(min, (age / window)^(1 / aggression)).</summary>
    /// <param name="now">As <see cref="Environment.TickCount64"/>.</param>
    public double Factor(EndpointState endpoint, long now)
    {
        var age = now - endpoint.AddedAt;
        if (age >= Window.TotalMilliseconds)
            return 1;
        var grown = Math.Pow(Math.Max(1, age) / Window.TotalMilliseconds, 1 / Aggression);
        return Math.Max(MinWeightPercent / 100, grown);
    }
}
