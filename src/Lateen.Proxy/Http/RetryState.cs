// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Lateen.Http;
using Lateen.Net;
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
    private PriorityMemory _priorities;

    /// <summary>Retries made so far, those for stale connections left out.</summary>
    public int Retries { get; private set; }

    /// <summary>How long to wait before the retry that was taken last.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>The response asked for the pause (<c>rate_limited_retry_back_off</c>).</summary>
    public bool IsPauseAskedFor { get; private set; }

    public void Begin()
    {
        _tried = default;
        _triedCount = 0;
        _priorities = default;
        Retries = 0;
    }

    /// <summary>Whether the policy names the outcome; the number of retries is another matter.</summary>
    public bool Wants(AttemptOutcome outcome, ResponseHead response)
    {
        if (terms.Rules is not { } rules || terms.Conditions == RetryConditions.None)
            return false;
        if (outcome == AttemptOutcome.Answered && IsUnwelcome(response.Headers) is { } decided)
            return decided;
        var status = response.Status;
        var reasons = outcome switch
        {
            AttemptOutcome.ConnectFailed or AttemptOutcome.ConnectTimedOut => RetryConditions.ConnectFailure
                | RetryConditions.ServerError
                | RetryConditions.GatewayError
                | RetryConditions.Reset
                | RetryConditions.ResetBeforeRequest,
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
                && (Contains(rules.Spec.RetriableStatusCodes, status) || terms.NamesStatus(status))
            )
            || (
                (terms.Conditions & RetryConditions.RetriableHeaders) != RetryConditions.None
                && (rules.NamesHeaderOf(response.Headers) || terms.NamesHeaderOf(response.Headers))
            );
    }

    /// <summary>The policy grants one more.</summary>
    public bool HasLeft => terms.Rules is not null && Retries < terms.Retries;

    /// <summary>Takes one of the retries that the policy grants.</summary>
    public void Take(AttemptOutcome outcome, ResponseHead response, Worker worker)
    {
        Retries++;
        var asked =
            outcome == AttemptOutcome.Answered
                ? terms.Rules!.ResetInterval(response.Headers, worker.UnixTicks() / TimeSpan.TicksPerSecond)
                : null;
        IsPauseAskedFor = asked is not null;
        Pause = asked is { } interval ? Jittered(interval, worker.NextRandom()) : BackOff(worker.NextRandom());
    }

    /// <summary>
    /// Chooses an endpoint; for a retry trying a few times to find one that the policy does not avoid, and in priorities that the
    /// request has not seen, where the policy says so.
    /// </summary>
    /// <param name="meant">Where the client meant to go, for clusters that go there.</param>
    public EndpointState? Pick(
        ClusterRuntime cluster,
        Worker worker,
        ulong? hash,
        SubsetKey? subset,
        in NetAddress meant
    )
    {
        var context = new PickContext(worker.Index, worker.NextRandom())
        {
            Hash = hash,
            Subset = subset,
            OriginalDestination = meant,
        };
        if (terms.Rules is not { } rules)
            return cluster.Pick(context);
        if (_priorities.Excluded != UInt128.Zero)
            context = WithPriorities(context, cluster);
        var endpoint = cluster.Pick(context);
        if (_triedCount > 0 && rules.AvoidsEndpoints)
        {
            for (var i = 0; i < rules.Spec.HostSelectionAttempts && endpoint is not null; i++)
            {
                if (!IsAvoided(endpoint, cluster, rules))
                    break;
                endpoint = cluster.Pick(context with { Random = worker.NextRandom() });
            }
        }
        if (endpoint is not null)
            Remember(endpoint, cluster, rules);
        return endpoint;
    }

    private void Remember(EndpointState endpoint, ClusterRuntime cluster, RetryRules rules)
    {
        if (_triedCount < MaxRemembered)
            _tried[_triedCount++] = endpoint;
        if (rules.Spec.PreviousPrioritiesFrequency > 0 && cluster.EntryOf(endpoint) is { } entry)
            _priorities.OnTried(entry.Priority, rules.Spec.PreviousPrioritiesFrequency);
    }

    /// <summary>Leaves out the priorities that were tried; none of them when nobody is in the others.</summary>
    private PickContext WithPriorities(in PickContext context, ClusterRuntime cluster)
    {
        var outside = context with { ExcludedPriorities = _priorities.Excluded };
        if (cluster.Pick(outside) is not null)
            return outside;
        _priorities = default;
        return context;
    }

    private bool IsAvoided(EndpointState endpoint, ClusterRuntime cluster, RetryRules rules) =>
        (rules.Spec.AvoidPreviousHosts && WasTried(endpoint))
        || (cluster.EntryOf(endpoint) is { } entry && rules.Avoids(entry.Spec));

    /// <summary>
    /// Envoy's back-off: a random time up to base x (2^n - 1), no more than the policy's maximum, for the n-th retry.
    /// </summary>
    private TimeSpan BackOff(ulong random)
    {
        var policy = terms.Rules!.Spec;
        var most = Math.Min(policy.BaseInterval.Ticks * ((1L << Math.Min(Retries, 20)) - 1), policy.MaxInterval.Ticks);
        return most <= 0 ? TimeSpan.Zero : new TimeSpan((long)(random % (ulong)most));
    }

    /// <summary>Not before the time that was asked for, and up to half of it later, lest everybody comes back at once.</summary>
    private static TimeSpan Jittered(TimeSpan interval, ulong random) =>
        interval + new TimeSpan((long)(random % (ulong)(interval.Ticks / 2)));

    /// <summary>
    /// An upstream that is overloaded is not asked again, and one that limits rates only by a policy that says so. Null leaves
    /// the decision to the rest of the policy.
    /// </summary>
    private bool? IsUnwelcome(HeaderMap headers) =>
        headers.Contains(KnownHeader.XEnvoyOverloaded) ? false
        : headers.IndexOf("x-envoy-ratelimited"u8) < 0 ? null
        : (terms.Conditions & RetryConditions.EnvoyRateLimited) != RetryConditions.None;

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
