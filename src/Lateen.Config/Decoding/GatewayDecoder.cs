// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds;

namespace Lateen.Config.Decoding;

internal static class GatewayDecoder
{
    public static Gateway Read(FieldReader fields)
    {
        var gateway = new Gateway { Selector = fields.Map("selector"), Servers = fields.List("servers", Server) };
        if (gateway.Servers.Count == 0)
            fields.Missing("servers");
        return gateway;
    }

    private static GatewayServer Server(FieldReader fields)
    {
        fields.NotInForce("tls", "defaultEndpoint");
        var port = fields.Object("port", Port);
        if (port is null)
            fields.Missing("port");
        var hosts = fields.Texts("hosts");
        if (hosts.Count == 0)
            fields.Missing("hosts");
        return new GatewayServer(
            port ?? new ServicePort("", 0, "TCP"),
            hosts,
            fields.Text("bind"),
            fields.Text("name")
        );
    }

    public static ServicePort Port(FieldReader fields)
    {
        var number = fields.Port("number");
        if (!fields.Has("number"))
            fields.Missing("number");
        var name = fields.Text("name");
        var protocol = fields.Text("protocol", "TCP").ToUpperInvariant();
        return new ServicePort(name, number, protocol, fields.Port("targetPort"));
    }
}
