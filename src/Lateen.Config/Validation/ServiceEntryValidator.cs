// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Validation;

internal static class ServiceEntryValidator
{
    public static void Check(ServiceEntry entry, FieldPath at, ValidationScope scope)
    {
        if (entry.WorkloadSelector is not null && entry.Endpoints.Count > 0)
            scope.Exclusive(at["endpoints"], "stand beside workloadSelector", "keep one of them");
        if (entry.Resolution == ServiceResolution.None && entry.Endpoints.Count > 0)
            scope.Bad(at["resolution"], "NONE takes no endpoints", "use STATIC or DNS, or remove the endpoints");
        for (var i = 0; i < entry.Endpoints.Count; i++)
            CheckEndpoint(entry, entry.Endpoints[i], at["endpoints"][i], scope);
    }

    private static void CheckEndpoint(ServiceEntry entry, WorkloadEntry endpoint, FieldPath at, ValidationScope scope)
    {
        WorkloadEntryValidator.Check(endpoint, at, scope);
        if (
            entry.Resolution == ServiceResolution.Static
            && endpoint.Address.Length > 0
            && !IPAddress.TryParse(endpoint.Address, out _)
        )
            scope.Bad(
                at["address"],
                $"\"{endpoint.Address}\" is no IP address",
                "write an IP address or set resolution: DNS"
            );
    }
}
