// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Retry policies → <see cref="RetryPolicySpec"/>.</summary>
internal static class RetryPolicyDecoder
{
    public static RetryPolicySpec? Decode(Api.RetryPolicy? policy, string path, DecodeContext context)
    {
        if (policy is null)
            return null;
        var at = $"{path}.retry_back_off";
        var baseInterval = context.Duration(
            policy.RetryBackOff?.BaseInterval,
            TimeSpan.FromMilliseconds(25),
            $"{at}.base_interval"
        );
        var maxInterval = context.Duration(policy.RetryBackOff?.MaxInterval, baseInterval * 10, $"{at}.max_interval");
        if (policy.RetryBackOff is { BaseInterval: null } || baseInterval == TimeSpan.Zero)
            context.Add($"{at}.base_interval", "is missing or 0; give more");
        if (maxInterval < baseInterval)
            context.Add($"{at}.max_interval", $"is {maxInterval}, less than base_interval {baseInterval}");
        if (policy.NumRetries > int.MaxValue)
            context.Add($"{path}.num_retries", $"is {policy.NumRetries}; give {int.MaxValue} at the most");
        var (conditions, codes) = Conditions(policy.RetryOn);
        var spec = new RetryPolicySpec
        {
            Conditions = conditions,
            Retries = (int)Math.Min(policy.NumRetries ?? 1, int.MaxValue),
            PerTryTimeout = context.Duration(policy.PerTryTimeout, TimeSpan.Zero, $"{path}.per_try_timeout"),
            PerTryIdleTimeout = context.Duration(
                policy.PerTryIdleTimeout,
                TimeSpan.Zero,
                $"{path}.per_try_idle_timeout"
            ),
            RetriableStatusCodes = [.. policy.RetriableStatusCodes.Select(static code => (int)code), .. codes],
            RetriableHeaders = RouteMatchDecoder.Headers(policy.RetriableHeaders, $"{path}.retriable_headers", context),
            RetriableRequestHeaders = RouteMatchDecoder.Headers(
                policy.RetriableRequestHeaders,
                $"{path}.retriable_request_headers",
                context
            ),
            BaseInterval = baseInterval,
            MaxInterval = maxInterval,
            RateLimitedBackOff = RateLimited(policy, $"{path}.rate_limited_retry_back_off", context),
            HostSelectionAttempts = (int)Math.Clamp(policy.HostSelectionRetryMaxAttempts, 1, int.MaxValue),
            PreviousPrioritiesFrequency = RetryChoiceDecoder.PreviousPriorities(policy, path, context),
        };
        return RetryChoiceDecoder.Predicates(policy, spec, path, context);
    }

    private static RateLimitedBackOffSpec? RateLimited(Api.RetryPolicy policy, string path, DecodeContext context)
    {
        if (policy.RateLimitedRetryBackOff is not { } backOff)
            return null;
        if (backOff.ResetHeaders.Count == 0)
            context.Add($"{path}.reset_headers", "is empty; name the header that says when to come back");
        var headers = new List<ResetHeaderSpec>();
        for (var i = 0; i < backOff.ResetHeaders.Count; i++)
        {
            var header = backOff.ResetHeaders[i];
            if (header.Name.Length == 0)
                context.Add($"{path}.reset_headers[{i}].name", "is missing");
            var isUnixTime = header.Format == Api.RetryPolicy.Types.ResetHeaderFormat.UnixTimestamp;
            headers.Add(new ResetHeaderSpec(header.Name.ToLowerInvariant(), isUnixTime));
        }
        var max = context.Duration(backOff.MaxInterval, TimeSpan.FromSeconds(300), $"{path}.max_interval");
        return new RateLimitedBackOffSpec(headers, max);
    }

    /// <summary>Names that are not known are left out, as in Envoy; numbers are statuses.</summary>
    private static (RetryConditions Conditions, List<int> Codes) Conditions(string list)
    {
        var conditions = RetryConditions.None;
        var codes = new List<int>();
        foreach (var name in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                codes.Add(code);
                conditions |= RetryConditions.RetriableStatusCodes;
                continue;
            }
            conditions |= RetryConditionNames.Of(Encoding.UTF8.GetBytes(name));
        }
        return (conditions, codes);
    }
}
