// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Lateen.Proxy.Routing;
using CoreApi = Envoy.Config.Core.V3;
using ManagerTypes = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager.Types;
using RouteTypes = Envoy.Config.Route.V3.RouteAction.Types;

namespace Lateen.Proxy.Decoding;

/// <summary><c>upgrade_configs</c> of connection managers and routes → <see cref="UpgradeList"/>.</summary>
internal static class UpgradeDecoder
{
    private const string Connect = "CONNECT";

    public static (UpgradeList Upgrades, ConnectSpec? Connect) Decode(
        RepeatedField<RouteTypes.UpgradeConfig> configs,
        string path,
        DecodeContext context
    )
    {
        ConnectSpec? connect = null;
        var entries = new List<KeyValuePair<string, bool>>();
        for (var i = 0; i < configs.Count; i++)
        {
            var config = configs[i];
            Add(config.UpgradeType, config.Enabled ?? true, entries, $"{path}[{i}]", context);
            if (config.ConnectConfig is not { } settings)
                continue;
            if (!config.UpgradeType.Equals(Connect, StringComparison.OrdinalIgnoreCase))
                context.Add(
                    $"{path}[{i}].connect_config",
                    $"stands beside upgrade_type {config.UpgradeType}; it is for CONNECT"
                );
            connect = new ConnectSpec(
                settings.AllowPost,
                Version(settings.ProxyProtocolConfig, $"{path}[{i}].connect_config.proxy_protocol_config", context)
            );
        }
        return (new UpgradeList(entries), connect);
    }

    public static UpgradeList Decode(
        RepeatedField<ManagerTypes.UpgradeConfig> configs,
        string path,
        DecodeContext context
    )
    {
        var entries = new List<KeyValuePair<string, bool>>();
        for (var i = 0; i < configs.Count; i++)
        {
            var config = configs[i];
            Add(config.UpgradeType, config.Enabled ?? true, entries, $"{path}[{i}]", context);
            if (config.Filters.Count > 0)
                context.Add(
                    $"{path}[{i}].filters",
                    "is not served; leave it out, and upgrades pass the connection manager's filters"
                );
        }
        return new UpgradeList(entries);
    }

    private static void Add(
        string type,
        bool isEnabled,
        List<KeyValuePair<string, bool>> entries,
        string path,
        DecodeContext context
    )
    {
        if (type.Length == 0)
            context.Add($"{path}.upgrade_type", "is missing; give websocket, CONNECT or another protocol");
        if (entries.Exists(entry => entry.Key.Equals(type, StringComparison.OrdinalIgnoreCase)))
            context.Add($"{path}.upgrade_type", $"is {type} again; list each once");
        entries.Add(KeyValuePair.Create(type, isEnabled));
    }

    private static int Version(CoreApi.ProxyProtocolConfig? config, string path, DecodeContext context)
    {
        if (config is null)
            return 0;
        if (!Enum.IsDefined(config.Version))
            context.Add($"{path}.version", $"is {config.Version}, which this proxy does not know");
        return (int)config.Version + 1;
    }
}
