// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace DataPlane.Tests.Overload;

/// <summary>Clients that are not ours, of one version of HTTP.</summary>
internal static class Clients
{
    public static HttpClient Of(int version) =>
        new(new SocketsHttpHandler { UseProxy = false })
        {
            DefaultRequestVersion = new Version(version, version == 1 ? 1 : 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(20),
        };
}
