// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Ports by number, name and protocol.</summary>
internal static class PortValidator
{
    private static readonly string[] s_protocols =
    [
        "HTTP",
        "HTTPS",
        "HTTP2",
        "GRPC",
        "GRPC-WEB",
        "MONGO",
        "REDIS",
        "MYSQL",
        "TCP",
        "TLS",
        "UDP",
    ];

    /// <summary>A protocol that is not said, or empty, is found out from what clients send.</summary>
    public static void CheckAll(IReadOnlyList<Port> ports, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i].Protocol.Length > 0)
                CheckProtocol(ports[i].Protocol, s_protocols, at[i]["protocol"], scope);
            Names.CheckLabel(ports[i].Name.ToLowerInvariant(), at[i]["name"], scope);
        }
        Names.CheckUnique(ports.Select(static port => port.Name), at, "name", scope);
        Names.CheckUnique(
            ports.Where(static port => port.Number > 0).Select(static port => $"{port.Number}"),
            at,
            "number",
            scope
        );
    }

    public static void CheckProtocol(string protocol, string[] known, FieldPath at, ValidationScope scope)
    {
        if (!known.Contains(protocol, StringComparer.OrdinalIgnoreCase))
            scope.Bad(at, $"\"{protocol}\" is no protocol", $"use one of {string.Join(", ", known)}");
    }
}
