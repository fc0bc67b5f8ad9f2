// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using Lateen.Config.Yaml;

namespace Lateen.ControlPlane.ResourceApi.Security;

/// <summary>A file by which <c>kubectl</c> finds the API.</summary>
internal static class Kubeconfig
{
    private const string Name = "lateen";

    /// <param name="authority">File with the certificate by which the server is known; null where the system knows it.</param>
    /// <param name="token">Null for plaintext, where nobody asks for one.</param>
    public static string Write(IPEndPoint server, string? authority, string? token)
    {
        var host =
            server.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, server.Port)
            : server.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, server.Port)
            : server;
        var cluster = new JsonObject { ["server"] = $"{(token is null ? "http" : "https")}://{host}" };
        if (authority is not null)
            cluster["certificate-authority-data"] = Convert.ToBase64String(File.ReadAllBytes(authority));
        var user = new JsonObject();
        if (token is not null)
            user["token"] = token;
        return YamlWriter.Write(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Config",
                ["clusters"] = new JsonArray(new JsonObject { ["name"] = Name, ["cluster"] = cluster }),
                ["users"] = new JsonArray(new JsonObject { ["name"] = Name, ["user"] = user }),
                ["contexts"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = Name,
                        ["context"] = new JsonObject { ["cluster"] = Name, ["user"] = Name },
                    }
                ),
                ["current-context"] = Name,
            }
        );
    }
}
