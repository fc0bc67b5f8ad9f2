// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Api = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Which HTTP filters a connection manager may list.</summary>
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
        "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig",
        "envoy.extensions.filters.http.cors.v3.Cors",
        "envoy.extensions.filters.http.fault.v3.HTTPFault",
    };

    public static void Check(RepeatedField<Api.HttpFilter> filters, string path, DecodeContext context)
    {
        if (filters.Count == 0 || TypeOf(filters[^1]) != Router)
            context.Add(path, "must end with the router filter");
        for (var i = 0; i < filters.Count; i++)
        {
            var type = TypeOf(filters[i]);
            if (type == Router && i != filters.Count - 1)
                context.Add($"{path}[{i}]", "is the router, which must be the last filter");
            else if (type != Router && !s_inert.Contains(type) && !filters[i].IsOptional && !filters[i].Disabled)
                context.Add($"{path}[{i}]", $"has the type {type}, which this proxy does not know");
        }
    }

    private static string TypeOf(Api.HttpFilter filter) =>
        filter.TypedConfig is null ? "" : TypedConfigs.TypeOf(filter.TypedConfig);
}
