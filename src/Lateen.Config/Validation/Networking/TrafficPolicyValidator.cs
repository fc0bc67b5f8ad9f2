// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Settings of clusters.</summary>
internal static class TrafficPolicyValidator
{
    public static void Check(TrafficPolicy policy, FieldPath at, ValidationScope scope)
    {
        CheckBlocks(policy.LoadBalancer, policy.ConnectionPool, policy.OutlierDetection, policy.Tls, at, scope);
        if (
            policy is
            {
                LoadBalancer: null,
                ConnectionPool: null,
                OutlierDetection: null,
                Tls: null,
                PortLevelSettings.Count: 0,
                Tunnel: null,
                ProxyProtocol: null,
                RetryBudget: null
            }
        )
            scope.Bad(at, "says nothing", "add a setting, or remove it");
        for (var i = 0; i < policy.PortLevelSettings.Count; i++)
        {
            var own = policy.PortLevelSettings[i];
            var here = at["portLevelSettings"][i];
            CheckBlocks(own.LoadBalancer, own.ConnectionPool, own.OutlierDetection, own.Tls, here, scope);
        }
        var ports = policy.PortLevelSettings.Where(static own => own.Port is not null);
        Names.CheckUnique(ports.Select(static own => $"{own.Port!.Number}"), at["portLevelSettings"], "port", scope);
        if (policy.Tunnel is { } tunnel)
            CheckTunnel(tunnel, at["tunnel"], scope);
    }

    public static void CheckPool(ConnectionPool pool, FieldPath at, ValidationScope scope)
    {
        if (pool.Tcp is null && pool.Http is null)
            scope.Bad(at, "says nothing", "add tcp or http, or remove it");
        if (pool.Http is { H2UpgradePolicy: H2UpgradePolicy.Upgrade, UseClientProtocol: true })
            scope.Exclusive(
                at["http"]["useClientProtocol"],
                "stands beside h2UpgradePolicy: UPGRADE, and a request goes on either as it came or as HTTP/2",
                "keep one of them"
            );
    }

    private static void CheckBlocks(
        LoadBalancer? balancer,
        ConnectionPool? pool,
        OutlierDetection? outliers,
        ClientTls? tls,
        FieldPath at,
        ValidationScope scope
    )
    {
        if (balancer is not null)
            LoadBalancerValidator.Check(balancer, at["loadBalancer"], scope);
        if (pool is not null)
            CheckPool(pool, at["connectionPool"], scope);
        if (outliers is not null)
            CheckOutliers(outliers, at["outlierDetection"], scope);
        if (tls is not null)
            ClientTlsValidator.Check(tls, at["tls"], scope);
    }

    private static void CheckOutliers(OutlierDetection outliers, FieldPath at, ValidationScope scope)
    {
        if (!outliers.SplitExternalLocalOriginErrors && outliers.ConsecutiveLocalOriginFailures != 5)
            scope.Bad(
                at["consecutiveLocalOriginFailures"],
                "counts failures to connect apart, and splitExternalLocalOriginErrors is not set",
                "add splitExternalLocalOriginErrors: true, or remove it"
            );
    }

    private static void CheckTunnel(TunnelSettings tunnel, FieldPath at, ValidationScope scope)
    {
        if (tunnel.Protocol is not ("CONNECT" or "POST" or ""))
            scope.Bad(at["protocol"], $"\"{tunnel.Protocol}\" makes no tunnel", "use CONNECT or POST");
        if (tunnel.TargetHost.StartsWith('*'))
            scope.Add(
                ProblemCatalogue.BadHost,
                at["targetHost"],
                "is a wildcard, and a tunnel ends at one host",
                "name the host"
            );
        else
            Hosts.CheckNameOrAddress(tunnel.TargetHost, at["targetHost"], scope);
    }
}
