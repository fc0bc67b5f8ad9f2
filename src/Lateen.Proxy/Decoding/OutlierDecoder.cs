// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Health;
using Api = Envoy.Config.Cluster.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Outlier detection → <see cref="OutlierSpec"/>.</summary>
internal static class OutlierDecoder
{
    public static OutlierSpec? Decode(Api.OutlierDetection? outlier, string path, DecodeContext context)
    {
        if (outlier is null)
            return null;
        var unset = new OutlierSpec();
        uint Percent(uint? percent, uint otherwise, string field)
        {
            if (percent > 100)
                context.Add($"{path}.{field}", $"is {percent}; percentages are 0 to 100");
            return percent ?? otherwise;
        }
        TimeSpan Time(Google.Protobuf.WellKnownTypes.Duration? time, TimeSpan otherwise, string field, bool isPositive)
        {
            var value = context.Duration(time, otherwise, $"{path}.{field}");
            if (isPositive && value == TimeSpan.Zero)
                context.Add($"{path}.{field}", "is 0; give more, or leave it out for the default");
            return value;
        }
        return new OutlierSpec
        {
            Consecutive5xx = outlier.Consecutive5Xx ?? unset.Consecutive5xx,
            Enforcing5xx = Percent(outlier.EnforcingConsecutive5Xx, unset.Enforcing5xx, "enforcing_consecutive_5xx"),
            ConsecutiveGateway = outlier.ConsecutiveGatewayFailure ?? unset.ConsecutiveGateway,
            EnforcingGateway = Percent(
                outlier.EnforcingConsecutiveGatewayFailure,
                unset.EnforcingGateway,
                "enforcing_consecutive_gateway_failure"
            ),
            SplitsLocalOrigin = outlier.SplitExternalLocalOriginErrors,
            ConsecutiveLocal = outlier.ConsecutiveLocalOriginFailure ?? unset.ConsecutiveLocal,
            EnforcingLocal = Percent(
                outlier.EnforcingConsecutiveLocalOriginFailure,
                unset.EnforcingLocal,
                "enforcing_consecutive_local_origin_failure"
            ),
            Interval = Time(outlier.Interval, unset.Interval, "interval", isPositive: true),
            BaseEjectionTime = Time(
                outlier.BaseEjectionTime,
                unset.BaseEjectionTime,
                "base_ejection_time",
                isPositive: true
            ),
            MaxEjectionTime = Time(
                outlier.MaxEjectionTime,
                unset.MaxEjectionTime,
                "max_ejection_time",
                isPositive: true
            ),
            MaxEjectionTimeJitter = Time(
                outlier.MaxEjectionTimeJitter,
                TimeSpan.Zero,
                "max_ejection_time_jitter",
                isPositive: false
            ),
            MaxEjectionPercent = Percent(outlier.MaxEjectionPercent, unset.MaxEjectionPercent, "max_ejection_percent"),
            AlwaysEjectsOne = outlier.AlwaysEjectOneHost ?? false,
            SuccessRate = new RateRule(
                Percent(outlier.EnforcingSuccessRate, 100, "enforcing_success_rate"),
                Percent(outlier.EnforcingLocalOriginSuccessRate, 100, "enforcing_local_origin_success_rate"),
                outlier.SuccessRateMinimumHosts ?? 5,
                outlier.SuccessRateRequestVolume ?? 100
            ),
            SuccessRateFactor = outlier.SuccessRateStdevFactor ?? unset.SuccessRateFactor,
            FailurePercentage = new RateRule(
                Percent(outlier.EnforcingFailurePercentage, 0, "enforcing_failure_percentage"),
                Percent(outlier.EnforcingFailurePercentageLocalOrigin, 0, "enforcing_failure_percentage_local_origin"),
                outlier.FailurePercentageMinimumHosts ?? 5,
                outlier.FailurePercentageRequestVolume ?? 50
            ),
            FailureThreshold = Percent(outlier.FailurePercentageThreshold, 85, "failure_percentage_threshold"),
        };
    }
}
