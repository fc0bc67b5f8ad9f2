// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Lateen.Proxy.Filters.Cors;
using Lateen.Proxy.Filters.Fault;
using Lateen.Proxy.Filters.Grpc;
using Lateen.Proxy.Filters.HealthCheck;

namespace Lateen.Proxy.Filters;

/// <summary>Every HTTP filter this proxy has. A new one adds its factory here.</summary>
internal static class HttpFilterRegistry
{
    private static readonly IHttpFilterFactory[] s_factories =
    [
        new CorsFilterFactory(),
        new FaultFilterFactory(),
        new HealthCheckFilterFactory(),
        new GrpcStatsFilterFactory(),
        new GrpcWebFilterFactory(),
    ];

    public static bool TryFind(string configType, [NotNullWhen(true)] out IHttpFilterFactory? factory)
    {
        factory = Array.Find(s_factories, one => one.ConfigType == configType);
        return factory is not null;
    }

    public static bool TryFindByOverride(string overrideType, [NotNullWhen(true)] out IHttpFilterFactory? factory)
    {
        factory = Array.Find(s_factories, one => one.OverrideType == overrideType);
        return factory is not null;
    }
}
