// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Net;

namespace Lateen.Proxy.TransportSockets;

/// <summary>Where an SDS server listens, in gRPC's spelling of addresses.</summary>
public static class SecretTarget
{
    private const string Unix = "unix:";

    /// <summary><c>unix:PATH</c>, <c>unix:///PATH</c>, or an IP address and port, also behind <c>ipv4:</c> or <c>ipv6:</c>.</summary>
    public static bool TryParse(string target, out NetAddress address)
    {
        address = default;
        if (target.StartsWith(Unix, StringComparison.Ordinal))
        {
            var path = target[Unix.Length..];
            if (path.StartsWith("//", StringComparison.Ordinal))
                path = path[2..];
            if (path.Length is 0 or > 107)
                return false;
            address = NetAddress.FromUnixPath(path);
            return true;
        }
        if (
            target.StartsWith("ipv4:", StringComparison.Ordinal) || target.StartsWith("ipv6:", StringComparison.Ordinal)
        )
            target = target[5..];
        if (!IPEndPoint.TryParse(target, out var endPoint) || endPoint.Port == 0)
            return false;
        address = NetAddress.From(endPoint);
        return true;
    }
}
