// SPDX-License-Identifier: Apache-2.0
using Envoy.Extensions.Retry.Host.PreviousHosts.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Config.Kinds.Networking;
using Lateen.Mesh;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Translation.Routes;

/// <summary>What is tried again: Istio's defaults, and what a VirtualService says instead.</summary>
internal static class RetryPolicies
{
    private const string DefaultConditions =
        "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";

    private const string StatusCodes = "retriable-status-codes";

    private const int DefaultRetries = 2;

    /// <summary>How many endpoints are drawn to find one not tried yet.</summary>
    private const int HostSelectionAttempts = 5;

    /// <summary>Null when retries are turned off.</summary>
    public static Api.RetryPolicy? Translate(HttpRetry? retry)
    {
        if (retry is null)
            return Create(DefaultConditions, DefaultRetries);
        if (retry.Attempts == 0)
            return null;
        var policy = Create(retry.RetryOn.Length == 0 ? DefaultConditions : "", retry.Attempts);
        if (retry.RetryOn.Length > 0)
            AddConditions(policy, retry.RetryOn);
        if (retry.PerTryTimeout is { } timeout)
            policy.PerTryTimeout = Packing.Duration(timeout);
        if (retry.Backoff is { } backoff)
            policy.RetryBackOff = new() { BaseInterval = Packing.Duration(backoff) };
        return policy;
    }

    /// <summary>
    /// The application closed an idle connection just as a request came: safe to repeat, since no byte of an answer had
    /// come. gRPC clients have retries of their own.
    /// </summary>
    public static Api.RetryPolicy? Inbound(MeshPort port) =>
        port.Protocol is "GRPC" or "GRPC-WEB"
            ? null
            : new Api.RetryPolicy { RetryOn = "reset-before-request", NumRetries = DefaultRetries };

    /// <summary>Numbers among the conditions are status codes, which are a condition of their own.</summary>
    private static void AddConditions(Api.RetryPolicy policy, string retryOn)
    {
        var conditions = new List<string>();
        foreach (var word in retryOn.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (uint.TryParse(word, out var status))
                policy.RetriableStatusCodes.Add(status);
            else
                conditions.Add(word);
        }
        if (policy.RetriableStatusCodes.Count > 0 && !conditions.Contains(StatusCodes))
            conditions.Add(StatusCodes);
        policy.RetryOn = string.Join(',', conditions);
    }

    private static Api.RetryPolicy Create(string conditions, int retries) =>
        new()
        {
            RetryOn = conditions,
            NumRetries = (uint)retries,
            RetryHostPredicate =
            {
                new Api.RetryPolicy.Types.RetryHostPredicate
                {
                    Name = "envoy.retry_host_predicates.previous_hosts",
                    TypedConfig = Any.Pack(new PreviousHostsPredicate()),
                },
            },
            HostSelectionRetryMaxAttempts = HostSelectionAttempts,
        };
}
