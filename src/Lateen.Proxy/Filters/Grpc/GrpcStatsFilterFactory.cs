// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Stats;
using Api = Envoy.Extensions.Filters.Http.GrpcStats.V3;
using CoreApi = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Filters.Grpc;

/// <summary><c>envoy.extensions.filters.http.grpc_stats.v3.FilterConfig</c>; routes may only switch it.</summary>
internal sealed class GrpcStatsFilterFactory : IHttpFilterFactory
{
    public string ConfigType => Api.FilterConfig.Descriptor.FullName;

    public string? OverrideType => null;

    public object? DecodeConfig(Any config, string path, DecodeContext context) =>
        context.Unpack<Api.FilterConfig>(config, path) is { } api
            ? new GrpcStatsSpec
            {
                CountsMessagesForIstio = api.EmitFilterState,
                AllMethods = api.StatsForAllMethods ?? false,
                Methods = Methods(
                    api.IndividualMethodStatsAllowlist,
                    $"{path}.individual_method_stats_allowlist",
                    context
                ),
                HasUpstreamTimes = api.EnableUpstreamStats,
                ReplacesDots = api.ReplaceDotsInGrpcServiceName,
            }
            : null;

    public object? DecodeOverride(Any config, string path, DecodeContext context) => null;

    public IHttpFilter Create(string name, object config, HttpFilterEnvironment environment) =>
        new GrpcStatsFilter(name, (GrpcStatsSpec)config, environment);

    private static HashSet<byte[]> Methods(CoreApi.GrpcMethodList? list, string path, DecodeContext context)
    {
        var methods = new HashSet<byte[]>(GrpcStats.ByteComparer.Instance);
        for (var i = 0; i < (list?.Services.Count ?? 0); i++)
        {
            var service = list!.Services[i];
            if (service.Name.Length == 0)
                context.Add($"{path}.services[{i}].name", "is empty; give the service's full name");
            if (service.MethodNames.Count == 0)
                context.Add($"{path}.services[{i}].method_names", "is empty; name at least one method");
            foreach (var method in service.MethodNames)
                methods.Add(Encoding.UTF8.GetBytes($"{service.Name}/{method}"));
        }
        return methods;
    }
}
