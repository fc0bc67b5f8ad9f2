// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Clusters;
using Api = Envoy.Config.Endpoint.V3;
using CoreApi = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Load assignments → <see cref="EndpointSetSpec"/>.</summary>
internal static class EndpointDecoder
{
    /// <summary>Envoy's highest number of a priority.</summary>
    private const int MaxPriority = 128;

    /// <param name="path">Path of the assignment, with a dot behind it; empty for a resource of its own.</param>
    public static EndpointSetSpec Decode(
        Api.ClusterLoadAssignment assignment,
        string path,
        DecodeContext context,
        bool admitHostNames = false
    )
    {
        var endpoints = new List<EndpointSpec>();
        for (var i = 0; i < assignment.Endpoints.Count; i++)
        {
            var locality = assignment.Endpoints[i];
            var at = $"{path}endpoints[{i}]";
            if (locality.Priority > MaxPriority)
                context.Add($"{at}.priority", $"is {locality.Priority}; priorities are 0 to {MaxPriority}");
            if (locality.LoadBalancingWeight == 0)
                context.Add($"{at}.load_balancing_weight", "is 0; give at least 1, or leave the locality out");
            var spec = Locality(locality);
            for (var j = 0; j < locality.LbEndpoints.Count; j++)
            {
                var endpoint = Endpoint(locality.LbEndpoints[j], $"{at}.lb_endpoints[{j}]", admitHostNames, context);
                endpoints.Add(
                    endpoint with
                    {
                        Locality = spec,
                        Priority = (int)Math.Min(locality.Priority, MaxPriority),
                    }
                );
            }
        }
        var factor = assignment.Policy?.OverprovisioningFactor ?? 140;
        if (factor is 0 or > 1_000_000)
            context.Add($"{path}policy.overprovisioning_factor", $"is {factor}; give 1 to 1000000 percent");
        return new EndpointSetSpec(endpoints)
        {
            OverprovisioningFactor = (int)Math.Clamp(factor, 1, 1_000_000),
            DropOverloads = Drops(assignment.Policy, path, context),
        };
    }

    /// <summary>Metadata as the text of its values, which is what comparing them needs.</summary>
    public static Dictionary<string, string> Texts(Struct? metadata) =>
        (metadata?.Fields ?? []).ToDictionary(
            static field => field.Key,
            static field => field.Value.ToString(),
            StringComparer.Ordinal
        );

    private static EndpointSpec Endpoint(
        Api.LbEndpoint endpoint,
        string path,
        bool admitHostNames,
        DecodeContext context
    )
    {
        if (endpoint.LoadBalancingWeight == 0)
            context.Add($"{path}.load_balancing_weight", "is 0; give at least 1, or leave the endpoint out");
        if (endpoint.Endpoint is null)
        {
            context.Add($"{path}.endpoint", "is missing; an endpoint needs an address");
            return new EndpointSpec(default);
        }
        var at = $"{path}.endpoint.address";
        var address = context.Address(endpoint.Endpoint.Address, at, out var hostName, admitHostNames);
        var port = (int)(endpoint.Endpoint.Address?.SocketAddress?.PortValue ?? 0);
        var rewriteHost = endpoint.Endpoint.Hostname.Length > 0 ? endpoint.Endpoint.Hostname : hostName;
        return new EndpointSpec(
            address,
            hostName,
            port,
            endpoint.LoadBalancingWeight ?? 1,
            0,
            Health(endpoint, path, context)
        )
        {
            RewriteHost = rewriteHost,
            Check = Check(endpoint.Endpoint.HealthCheckConfig, $"{path}.endpoint.health_check_config", context),
            Metadata = MetadataDecoder.Texts(endpoint.Metadata),
            SocketMetadata = MetadataDecoder.Texts(endpoint.Metadata, TransportSocketDecoder.MatchMetadata),
        };
    }

    private static EndpointCheckSpec Check(
        Api.Endpoint.Types.HealthCheckConfig? config,
        string path,
        DecodeContext context
    )
    {
        if (config is null)
            return EndpointCheckSpec.Default;
        if (config.PortValue > ushort.MaxValue)
            context.Add($"{path}.port_value", $"is {config.PortValue}; ports are 0 to 65535");
        var address = config.Address is null ? default : context.Address(config.Address, $"{path}.address", out _);
        return new EndpointCheckSpec(
            address,
            (int)Math.Min(config.PortValue, ushort.MaxValue),
            config.Hostname,
            config.DisableActiveHealthCheck
        );
    }

    private static EndpointHealth Health(Api.LbEndpoint endpoint, string path, DecodeContext context)
    {
        switch (endpoint.HealthStatus)
        {
            case CoreApi.HealthStatus.Unknown or CoreApi.HealthStatus.Healthy:
                return EndpointHealth.Healthy;
            case CoreApi.HealthStatus.Degraded:
                return EndpointHealth.Degraded;
            case CoreApi.HealthStatus.Unhealthy or CoreApi.HealthStatus.Timeout:
                return EndpointHealth.Unhealthy;
            case CoreApi.HealthStatus.Draining:
                return EndpointHealth.Draining;
            default:
                context.Add($"{path}.health_status", $"is {endpoint.HealthStatus}, which this proxy does not know");
                return EndpointHealth.Unhealthy;
        }
    }

    private static LocalitySpec Locality(Api.LocalityLbEndpoints locality) =>
        new(
            locality.Locality?.Region ?? "",
            locality.Locality?.Zone ?? "",
            locality.Locality?.SubZone ?? "",
            locality.LoadBalancingWeight ?? 0
        );

    private static List<uint> Drops(Api.ClusterLoadAssignment.Types.Policy? policy, string path, DecodeContext context)
    {
        var drops = new List<uint>();
        for (var i = 0; i < (policy?.DropOverloads.Count ?? 0); i++)
        {
            var at = $"{path}policy.drop_overloads[{i}].drop_percentage";
            drops.Add(context.Millionths(policy!.DropOverloads[i].DropPercentage, at) ?? 0);
        }
        return drops;
    }
}
