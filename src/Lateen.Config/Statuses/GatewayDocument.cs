// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Config.Statuses;

/// <summary>Listeners and addresses in the <c>status</c> of a Gateway of the Gateway API; who runs it has both to himself.</summary>
internal static class GatewayDocument
{
    private const string Group = "gateway.networking.k8s.io";

    public static void Write(JsonObject status, GatewayListenersStatus gateway, long generation, DateTimeOffset now)
    {
        var before = status["listeners"];
        status["listeners"] = new JsonArray([
            .. gateway.Listeners.Select(listener => Listener(listener, before, generation, now)),
        ]);
        if (gateway.Addresses.Count > 0)
            status["addresses"] = new JsonArray([
                .. gateway.Addresses.Select(static address => new JsonObject
                {
                    ["type"] = address.Type,
                    ["value"] = address.Value,
                }),
            ]);
        else
            status.Remove("addresses");
    }

    private static JsonObject Listener(ListenerStatus listener, JsonNode? all, long generation, DateTimeOffset now)
    {
        var before = all.Items().FirstOrDefault(item => item.Text("name") == listener.Name);
        return new JsonObject
        {
            ["name"] = listener.Name,
            ["supportedKinds"] = new JsonArray([
                .. listener.SupportedKinds.Select(static kind => new JsonObject { ["group"] = Group, ["kind"] = kind }),
            ]),
            ["attachedRoutes"] = listener.AttachedRoutes,
            ["conditions"] = ConditionList.With(before.Member("conditions"), listener.Conditions, generation, now),
        };
    }
}
