// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Load balancing, by hash and by locality.</summary>
internal static class LoadBalancerValidator
{
    /// <summary>Envoy's greatest table of Maglev.</summary>
    private const long MaxTable = 5_000_011;

    public static void Check(LoadBalancer balancer, FieldPath at, ValidationScope scope)
    {
        if (balancer.ConsistentHash is { } hash)
            CheckHash(hash, at["consistentHash"], scope);
        if (balancer.LocalityLbSetting is { } localities)
            LocalityValidator.Check(localities, at["localityLbSetting"], scope);
        if (balancer.Warmup is not null && balancer.WarmupDurationSecs is not null)
            scope.Exclusive(at["warmupDurationSecs"], "stands beside warmup", "remove it");
        var canWarmUp =
            balancer.ConsistentHash is null
            && balancer.Simple
                is null
                    or SimpleLoadBalancer.Unspecified
                    or SimpleLoadBalancer.RoundRobin
                    or SimpleLoadBalancer.LeastRequest
                    or SimpleLoadBalancer.LeastConn;
        if (balancer.Warmup is not null && !canWarmUp)
            scope.NoEffect(
                at["warmup"],
                "only ROUND_ROBIN and LEAST_REQUEST warm endpoints up",
                "change the policy, or remove it"
            );
    }

    private static void CheckHash(ConsistentHash hash, FieldPath at, ValidationScope scope)
    {
        if (
            hash.HttpHeaderName is null
            && hash.HttpCookie is null
            && hash.UseSourceIp is null
            && hash.HttpQueryParameterName is null
        )
            scope.Missing(at["httpHeaderName"]);
        if (hash.HttpHeaderName is { } header)
            HttpRules.CheckHeaderName(header, at["httpHeaderName"], scope);
        if (hash.HttpCookie is { Name: var name } && name.Length > 0 && !HttpRules.IsToken(name))
            scope.Add(
                ProblemCatalogue.BadHttp,
                at["httpCookie"]["name"],
                $"\"{name}\" is no name of a cookie",
                "use letters, digits and dashes"
            );
        if (hash.Maglev is { TableSize: var size } && !(size <= MaxTable && IsPrime(size)))
            scope.OutOfRange(
                at["maglev"]["tableSize"],
                $"{size} is no prime number up to {MaxTable}",
                "use a prime number, as 65537"
            );
    }

    private static bool IsPrime(long number)
    {
        if (number < 2)
            return false;
        for (var divisor = 2L; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
                return false;
        }
        return true;
    }
}
