// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Filters;
using Api = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using RouteApi = Envoy.Config.Route.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>HTTP filters and what routes set for them. A filter is known by the type of its configuration, not by its name.</summary>
internal static class HttpFilterDecoder
{
    private const string Router = "envoy.extensions.filters.http.router.v3.Router";

    /// <summary>
    /// Filters that are accepted and do nothing: with the configuration that istiod sends by default they change nothing,
    /// or their work is done elsewhere (istio.stats by the exchange itself).
    /// </summary>
    private static readonly HashSet<string> s_inert = new(StringComparer.Ordinal)
    {
        "stats.PluginConfig",
        "io.istio.http.peer_metadata.Config",
        "istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig",
    };

    /// <summary>The filters that do something; the router, which ends the list, is not among them.</summary>
    public static IReadOnlyList<HttpFilterSpec> Decode(
        RepeatedField<Api.HttpFilter> filters,
        string path,
        DecodeContext context
    )
    {
        if (filters.Count == 0 || TypeOf(filters[^1]) != Router)
            context.Add(path, "must end with the router filter");
        var specs = new List<HttpFilterSpec>();
        for (var i = 0; i < filters.Count; i++)
        {
            if (Decode(filters[i], $"{path}[{i}]", isLast: i == filters.Count - 1, context) is { } spec)
                specs.Add(spec);
        }
        return specs;
    }

    /// <summary><c>typed_per_filter_config</c> of a route or virtual host.</summary>
    public static FilterOverrides Overrides(MapField<string, Any> configs, string path, DecodeContext context)
    {
        var overrides = new List<KeyValuePair<string, FilterOverride>>();
        foreach (var (name, config) in configs)
        {
            if (Override(config, $"{path}.typed_per_filter_config[{name}]", context) is { } settings)
                overrides.Add(KeyValuePair.Create(name, settings));
        }
        return overrides.Count == 0 ? FilterOverrides.None : new FilterOverrides(overrides);
    }

    private static HttpFilterSpec? Decode(Api.HttpFilter filter, string path, bool isLast, DecodeContext context)
    {
        var type = TypeOf(filter);
        if (type == Router)
        {
            if (!isLast)
                context.Add(path, "is the router, which must be the last filter");
            return null;
        }
        if (HttpFilterRegistry.TryFind(type, out var factory))
            return factory.DecodeConfig(filter.TypedConfig, $"{path}.typed_config", context) is { } config
                ? new HttpFilterSpec(filter.Name, factory, config, filter.Disabled)
                : null;
        if (type.Length == 0 && !filter.IsOptional)
            context.Add($"{path}.typed_config", "is missing");
        else if (!s_inert.Contains(type) && !filter.IsOptional)
            context.Add(path, $"has the type {type}, which this proxy does not know");
        return null;
    }

    private static FilterOverride? Override(Any config, string path, DecodeContext context)
    {
        var type = TypedConfigs.TypeOf(config);
        if (type == RouteApi.FilterConfig.Descriptor.FullName)
        {
            if (context.Unpack<RouteApi.FilterConfig>(config, path) is not { } wrapper)
                return null;
            if (wrapper.Disabled || wrapper.Config is null || wrapper.Config.TypeUrl.Length == 0)
                return new FilterOverride(null, wrapper.Disabled);
            if (wrapper.IsOptional && !IsKnown(TypedConfigs.TypeOf(wrapper.Config)))
                return null;
            return Override(wrapper.Config, $"{path}.config", context);
        }
        if (HttpFilterRegistry.TryFindByOverride(type, out var factory))
            return factory.DecodeOverride(config, path, context) is { } decoded ? new FilterOverride(decoded) : null;
        if (HttpFilterRegistry.TryFind(type, out _))
            context.Add(
                path,
                $"has the type {type}, which routes cannot set; give a FilterConfig to switch the filter"
            );
        else if (!s_inert.Contains(type))
            context.Add(path, $"has the type {type}, which this proxy does not know");
        return null;
    }

    private static bool IsKnown(string type) =>
        HttpFilterRegistry.TryFindByOverride(type, out _) || s_inert.Contains(type);

    private static string TypeOf(Api.HttpFilter filter) =>
        filter.TypedConfig is null ? "" : TypedConfigs.TypeOf(filter.TypedConfig);
}
