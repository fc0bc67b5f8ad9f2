// SPDX-License-Identifier: Apache-2.0
using Envoy.Admin.V3;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Net;

namespace Lateen.Proxy.Admin;

/// <summary><c>/listeners</c> and <c>/server_info</c>: what serves, in Envoy's shapes.</summary>
internal static class RuntimePages
{
    public static AdminResponse Listeners(ProxyState state, bool json)
    {
        var listeners = state.Runtime.Listeners.OrderBy(static pair => pair.Key, StringComparer.Ordinal);
        if (!json)
            return AdminResponse.Text(
                string.Concat(listeners.Select(static pair => $"{pair.Key}::{pair.Value.Spec.Address}\n"))
            );
        var message = new Envoy.Admin.V3.Listeners();
        message.ListenerStatuses.AddRange(
            listeners.Select(static pair => new ListenerStatus
            {
                Name = pair.Key,
                LocalAddress = AddressOf(pair.Value.Spec.Address),
            })
        );
        return AdminJson.Write(message);
    }

    public static AdminResponse ServerInfo(ProxyState state)
    {
        var uptime = Duration.FromTimeSpan(state.Uptime);
        return AdminJson.Write(
            new ServerInfo
            {
                Version = state.Version,
                State = (ServerInfo.Types.State)state.State,
                UptimeCurrentEpoch = uptime,
                UptimeAllEpochs = uptime,
                HotRestartVersion = "disabled",
                CommandLineOptions = new CommandLineOptions
                {
                    Concurrency = (uint)state.Telemetry.Workers,
                    ServiceNode = state.NodeId,
                },
                Node = new Node { Id = state.NodeId, UserAgentName = "lateen-proxy" },
            }
        );
    }

    public static Address AddressOf(in NetAddress address) =>
        address.Family == AddressFamilyKind.Unix
            ? new Address { Pipe = new Pipe { Path = address.Path } }
            : new Address
            {
                SocketAddress = new SocketAddress
                {
                    Address = address.ToIPAddress()?.ToString() ?? "",
                    PortValue = (uint)address.Port,
                },
            };
}
