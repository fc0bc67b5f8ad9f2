// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Lateen.Http;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Http;

/// <summary>What one request has left of its retry policy, and where it has been.</summary>
internal sealed class RetryState(RequestTerms terms)
{
    /// <summary>Endpoints remembered: more retries than that are not asked of anyone.</summary>
    private const int MaxRemembered = 8;

    private RememberedEndpoints _tried;
    private int _triedCount;

    /// <summary>Retries made so far, those for stale connections left out.</summary>
    public int Retries { get; private set; }

    public RetryPolicySpec? Policy => terms.RetryPolicy;

    public void Begin()
    {
        _tried = default;
        _triedCount = 0;
        Retries = 0;
    }

    /// <summary>Whether the policy names the outcome; the number of retries is another matter.</summary>
    public bool Wants(AttemptOutcome outcome, ResponseHead response)
    {
        if (terms.RetryPolicy is not { } policy)
            return false;
        var status = response.Status;
        var reasons = outcome switch
        {
            AttemptOutcome.ConnectFailed or AttemptOutcome.ConnectTimedOut => RetryConditions.ConnectFailure
                | RetryConditions.ServerError
                | RetryConditions.GatewayError
                | RetryConditions.Reset,
            AttemptOutcome.Closed or AttemptOutcome.Stale or AttemptOutcome.Reset => RetryConditions.Reset
                | RetryConditions.ServerError
                | RetryConditions.GatewayError,
            AttemptOutcome.Refused => RetryConditions.RefusedStream
                | RetryConditions.Reset
                | RetryConditions.ServerError
                | RetryConditions.GatewayError,
            AttemptOutcome.TimedOut => RetryConditions.Reset
                | RetryConditions.ServerError
                | RetryConditions.GatewayError,
            AttemptOutcome.Answered => OfStatus(status) | OfGrpcStatus(response.Headers),
            _ => RetryConditions.None,
        };
        if ((terms.Conditions & reasons) != RetryConditions.None)
            return true;
        if (outcome != AttemptOutcome.Answered)
            return false;
        return (
                (terms.Conditions & RetryConditions.RetriableStatusCodes) != RetryConditions.None
                && (Contains(policy.RetriableStatusCodes, status) || terms.NamesStatus(status))
            )
            || (
                (terms.Conditions & RetryConditions.RetriableHeaders) != RetryConditions.None
                && terms.NamesHeaderOf(response.Headers)
            );
    }

    /// <summary>The policy grants one more.</summary>
    public bool HasLeft => terms.RetryPolicy is not null && Retries < terms.Retries;

    /// <summary>Takes one of the retries that the policy grants.</summary>
    public void Take() => Retries++;

    /// <summary>
    /// Envoy's back-off: a random time up to base x (2^n - 1), no more than the policy's maximum, for the n-th retry.
    /// </summary>
    public TimeSpan BackOff(ulong random)
    {
        var policy = terms.RetryPolicy!;
        var most = Math.Min(policy.BaseInterval.Ticks * ((1L << Math.Min(Retries, 20)) - 1), policy.MaxInterval.Ticks);
        return most <= 0 ? TimeSpan.Zero : new TimeSpan((long)(random % (ulong)most));
    }

    /// <summary>Chooses an endpoint, trying a few times to find one that this request has not seen (<c>previous_hosts</c>).</summary>
    public EndpointState? Pick(ClusterRuntime cluster, Worker worker, ulong? hash, SubsetKey? subset)
    {
        var context = new PickContext(worker.Index, worker.NextRandom()) { Hash = hash, Subset = subset };
        var endpoint = cluster.Pick(context);
        if (_triedCount > 0 && terms.RetryPolicy is { AvoidPreviousHosts: true } policy)
        {
            for (var i = 0; i < policy.HostSelectionAttempts && endpoint is not null && WasTried(endpoint); i++)
                endpoint = cluster.Pick(context with { Random = worker.NextRandom() });
        }
        if (endpoint is not null && terms.RetryPolicy is not null && _triedCount < MaxRemembered)
            _tried[_triedCount++] = endpoint;
        return endpoint;
    }

    private static RetryConditions OfStatus(int status) =>
        status switch
        {
            502 or 503 or 504 => RetryConditions.ServerError | RetryConditions.GatewayError,
            >= 500 and < 600 => RetryConditions.ServerError,
            409 => RetryConditions.Conflict,
            _ => RetryConditions.None,
        };

    /// <summary>A gRPC answer without a message has its status in the head ("trailers only"); only such a one can be tried again.</summary>
    private static RetryConditions OfGrpcStatus(HeaderMap headers)
    {
        if (!GrpcStatus.TryGet(headers, out var status))
            return RetryConditions.None;
        return status switch
        {
            1 => RetryConditions.GrpcCancelled,
            4 => RetryConditions.GrpcDeadlineExceeded,
            8 => RetryConditions.GrpcResourceExhausted,
            13 => RetryConditions.GrpcInternal,
            14 => RetryConditions.GrpcUnavailable,
            _ => RetryConditions.None,
        };
    }

    private static bool Contains(IReadOnlyList<int> codes, int status)
    {
        for (var i = 0; i < codes.Count; i++)
        {
            if (codes[i] == status)
                return true;
        }
        return false;
    }

    private bool WasTried(EndpointState endpoint)
    {
        for (var i = 0; i < _triedCount; i++)
        {
            if (ReferenceEquals(_tried[i], endpoint))
                return true;
        }
        return false;
    }

    [InlineArray(MaxRemembered)]
    private struct RememberedEndpoints
    {
        private EndpointState? _first;
    }
}
