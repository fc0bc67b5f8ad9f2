// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Routing;
using Api = Envoy.Extensions.Filters.Http.HealthCheck.V3;

namespace Lateen.Proxy.Filters.HealthCheck;

/// <summary><c>envoy.extensions.filters.http.health_check.v3.HealthCheck</c>; routes have no settings for it.</summary>
internal sealed class HealthCheckFilterFactory : IHttpFilterFactory
{
    public string ConfigType => Api.HealthCheck.Descriptor.FullName;

    public string OverrideType => ConfigType;

    public object? DecodeConfig(Any config, string path, DecodeContext context)
    {
        if (context.Unpack<Api.HealthCheck>(config, path) is not { } check)
            return null;
        var passesThrough = check.PassThroughMode ?? false;
        var cacheTime = context.Duration(check.CacheTime, TimeSpan.Zero, $"{path}.cache_time");
        var headers = RouteMatchDecoder.Headers(check.Headers, $"{path}.headers", context);
        if (check.PassThroughMode is null)
            context.Add($"{path}.pass_through_mode", "is missing; say true for the workload's own answer, else false");
        if (!passesThrough && cacheTime > TimeSpan.Zero)
            context.Add($"{path}.cache_time", "is for pass_through_mode, which is off; leave it out");
        if (passesThrough && check.ClusterMinHealthyPercentages.Count > 0)
            context.Add(
                $"{path}.cluster_min_healthy_percentages",
                "decides where pass_through_mode is off; leave one of them out"
            );
        var percentages = new List<KeyValuePair<string, double>>();
        foreach (var (cluster, percent) in check.ClusterMinHealthyPercentages)
        {
            var at = $"{path}.cluster_min_healthy_percentages[{cluster}]";
            percentages.Add(KeyValuePair.Create(cluster, context.Percent(percent, 0, at)));
        }
        return new HealthCheckFilterSpec
        {
            Headers = context.HasProblems ? [] : HeaderCondition.All(headers),
            PassesThrough = passesThrough,
            CacheTime = cacheTime,
            MinHealthyPercentages = percentages,
        };
    }

    public object? DecodeOverride(Any config, string path, DecodeContext context)
    {
        context.Add(path, "is set for a route, where this filter has no settings; set it in http_filters alone");
        return null;
    }

    public IHttpFilter Create(string name, object config, HttpFilterEnvironment environment) =>
        new HealthCheckFilter(
            name,
            (HealthCheckFilterSpec)config,
            environment.Health,
            Encoding.ASCII.GetBytes(environment.ServiceCluster)
        );
}
