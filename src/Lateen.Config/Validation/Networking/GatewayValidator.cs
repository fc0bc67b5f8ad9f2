// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Gateways: their servers, and what they serve there.</summary>
internal static class GatewayValidator
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
    ];

    public static void Check(Gateway gateway, FieldPath at, ValidationScope scope)
    {
        LabelRules.CheckSelector(gateway.Selector, at["selector"], scope);
        for (var i = 0; i < gateway.Servers.Count; i++)
            CheckServer(gateway.Servers[i], at["servers"][i], scope);
        var ports = gateway.Servers.Select(static server => server.Port?.Name ?? "");
        Names.CheckUnique(ports, at["servers"], "port name", scope);
        Names.CheckUnique(gateway.Servers.Select(static server => server.Name), at["servers"], "server name", scope);
    }

    /// <summary>Clients outside the mesh know no short names.</summary>
    private static void CheckHost(string host, FieldPath at, ValidationScope scope)
    {
        Hosts.CheckInNamespace(host, at, scope);
        var name = host[(host.IndexOf('/') + 1)..];
        if (name != "*" && Hosts.IsWildcardName(name) && !name.Contains('.') && !name.Contains(':'))
            scope.Add(
                ProblemCatalogue.BadHost,
                at,
                $"\"{name}\" is a short name, which gateways do not serve",
                "write the name in full, as web.example.com"
            );
    }

    private static void CheckServer(GatewayServer server, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < server.Hosts.Count; i++)
            CheckHost(server.Hosts[i], at["hosts"][i], scope);
        Addresses.CheckBind(server.Bind, at["bind"], scope);
        if (server.Port is not { } port)
            return;
        CheckNumber(port, Addresses.IsUnixSocket(server.Bind), at["port"]["number"], scope);
        PortValidator.CheckProtocol(port.Protocol, s_protocols, at["port"]["protocol"], scope);
        Names.CheckLabel(port.Name.ToLowerInvariant(), at["port"]["name"], scope);
        var protocol = port.Protocol.ToUpperInvariant();
        var isTls = protocol is "HTTPS" or "TLS";
        if (isTls && server.Tls is null)
            scope.Add(
                ProblemCatalogue.BadTls,
                at["tls"],
                $"is required for {protocol}",
                "add tls with a mode and, unless it is PASSTHROUGH, a certificate"
            );
        if (server.Tls is { } tls)
            ServerTlsValidator.Check(tls, isTls, protocol, at["tls"], scope);
    }

    /// <summary>A Unix socket has no port, and everything else has one.</summary>
    private static void CheckNumber(ServerPort port, bool isUnixSocket, FieldPath at, ValidationScope scope)
    {
        if (isUnixSocket && port.Number != 0)
            scope.Exclusive(at, "stands beside bind, which is a Unix socket and has no port", "write 0, or remove it");
        else if (!isUnixSocket && port.Number == 0 && scope.Has(at) && !scope.IsTold(at))
            scope.OutOfRange(at, "must be from 1 to 65535", "write the port that it listens on");
    }
}
