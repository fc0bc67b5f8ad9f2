// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Filters;
using Api = Envoy.Config.Listener.V3;
using HttpApi = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using TcpApi = Envoy.Extensions.Filters.Network.TcpProxy.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Network filters → <see cref="NetworkFilterSpec"/>. A filter is known by the type of its configuration, not by its name.</summary>
internal static class NetworkFilterDecoder
{
    /// <summary>Filters that istiod puts into every chain and whose work needs nothing of the chain itself here.</summary>
    private static readonly HashSet<string> s_ignored = new(StringComparer.Ordinal)
    {
        "stats.PluginConfig",
        "envoy.tcp.metadataexchange.config.MetadataExchange",
    };

    /// <summary>The terminal filter; null for one that is accepted and does nothing, or, with a problem noted, for an unknown one.</summary>
    public static NetworkFilterSpec? Decode(Api.Filter filter, string path, DecodeContext context)
    {
        if (filter.TypedConfig is null)
        {
            context.Add($"{path}.typed_config", "is missing");
            return null;
        }
        var type = TypedConfigs.TypeOf(filter.TypedConfig);
        if (type == HttpApi.HttpConnectionManager.Descriptor.FullName)
            return context.Unpack<HttpApi.HttpConnectionManager>(filter.TypedConfig, path) is { } manager
                ? HttpConnectionManagerDecoder.Decode(manager, path, context)
                : null;
        if (type == TcpApi.TcpProxy.Descriptor.FullName)
            return context.Unpack<TcpApi.TcpProxy>(filter.TypedConfig, path) is { } proxy
                ? TcpProxyDecoder.Decode(proxy, path, context)
                : null;
        if (!s_ignored.Contains(type))
            context.Add($"{path}.typed_config", $"has the type {type}, which this proxy does not know");
        return null;
    }
}
