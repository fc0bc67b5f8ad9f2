// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Config.Kinds;

namespace Lateen.Config.Decoding;

internal static class ServiceEntryDecoder
{
    public static ServiceEntry Read(FieldReader fields)
    {
        fields.NotInForce("addresses", "exportTo", "subjectAltNames");
        var entry = new ServiceEntry
        {
            Hosts = fields.Texts("hosts"),
            Ports = fields.List("ports", GatewayDecoder.Port),
            IsInternal = fields.Choice("location", false, ("MESH_EXTERNAL", false), ("MESH_INTERNAL", true)),
            Resolution = fields.Choice(
                "resolution",
                ServiceResolution.None,
                ("NONE", ServiceResolution.None),
                ("STATIC", ServiceResolution.Static),
                ("DNS", ServiceResolution.Dns),
                ("DNS_ROUND_ROBIN", ServiceResolution.Dns)
            ),
            Endpoints = fields.List("endpoints", WorkloadEntryDecoder.Read),
            WorkloadSelector = fields.Object("workloadSelector", static selector => selector.Map("labels")),
        };
        Check(entry, fields);
        return entry;
    }

    private static void Check(ServiceEntry entry, FieldReader fields)
    {
        if (entry.Hosts.Count == 0)
            fields.Missing("hosts");
        if (entry.WorkloadSelector is not null && entry.Endpoints.Count > 0)
            fields.Exclusive("endpoints", "stand beside workloadSelector", "keep one of them");
        if (entry.Resolution == ServiceResolution.None && entry.Endpoints.Count > 0)
            fields.Bad("resolution", "NONE takes no endpoints", "use STATIC or DNS, or remove the endpoints");
        if (entry.Resolution != ServiceResolution.Static)
            return;
        foreach (var endpoint in entry.Endpoints)
        {
            if (endpoint.Address.Length > 0 && !IPAddress.TryParse(endpoint.Address, out _))
                fields.Bad(
                    "endpoints",
                    $"\"{endpoint.Address}\" is no IP address",
                    "write an IP address or set resolution: DNS"
                );
        }
    }
}
