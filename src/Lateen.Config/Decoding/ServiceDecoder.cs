// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds;

namespace Lateen.Config.Decoding;

/// <summary>Kubernetes Services, of which the mesh reads names, ports and selector.</summary>
internal static class ServiceDecoder
{
    public static Service Read(FieldReader fields)
    {
        // What concerns Kubernetes' own networking.
        foreach (
            var ignored in (string[])
                [
                    "clusterIP",
                    "clusterIPs",
                    "type",
                    "sessionAffinity",
                    "sessionAffinityConfig",
                    "ipFamilies",
                    "ipFamilyPolicy",
                    "internalTrafficPolicy",
                    "externalTrafficPolicy",
                    "externalIPs",
                    "loadBalancerIP",
                    "publishNotReadyAddresses",
                    "trafficDistribution",
                ]
        )
            fields.Has(ignored);
        return new Service { Ports = fields.List("ports", Port), Selector = fields.Map("selector") };
    }

    private static ServicePort Port(FieldReader fields)
    {
        fields.Has("nodePort");
        var name = fields.Text("name");
        var transport = fields.Text("protocol", "TCP");
        var number = fields.Port("port");
        if (number == 0 && !fields.Has("port"))
            fields.Missing("port");
        var target = fields.Text("targetPort");
        var isNumber = int.TryParse(target, out var targetPort);
        return new ServicePort(
            name,
            number,
            PortProtocol.Of(fields.Text("appProtocol"), name, transport),
            isNumber ? targetPort : 0,
            isNumber ? "" : target
        );
    }
}
