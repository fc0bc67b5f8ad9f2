// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using Lateen.Agent;

namespace Lateen.ProxyHost;

/// <summary>Environment → <see cref="ProxyIdentity"/> (pilot-agent's variables).</summary>
internal static class IdentityReader
{
    private const string MetaPrefix = "ISTIO_META_";

    public static ProxyIdentity Read(string role, IReadOnlyDictionary<string, string> environment)
    {
        var metadata = environment
            .Where(static pair => pair.Key.StartsWith(MetaPrefix, StringComparison.Ordinal))
            .ToDictionary(static pair => pair.Key[MetaPrefix.Length..], static pair => pair.Value);
        metadata.Remove("WORKLOAD_NAME", out var workload);
        return new ProxyIdentity
        {
            Role = role == "gateway" ? "router" : "sidecar",
            Address = environment.GetValueOrDefault("INSTANCE_IP") ?? OwnAddress(),
            Name = environment.GetValueOrDefault("POD_NAME") ?? Environment.MachineName,
            Namespace = environment.GetValueOrDefault("POD_NAMESPACE") ?? "default",
            ServiceAccount = environment.GetValueOrDefault("SERVICE_ACCOUNT") ?? "default",
            Workload = workload ?? "",
            Labels = Labels(environment.GetValueOrDefault("ISTIO_METAJSON_LABELS") ?? "{}"),
            Metadata = metadata,
            Locality = environment.GetValueOrDefault("ISTIO_LOCALITY") ?? "",
        };
    }

    /// <summary>A JSON object of texts.</summary>
    private static Dictionary<string, string> Labels(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document
                .RootElement.EnumerateObject()
                .ToDictionary(static label => label.Name, static label => label.Value.GetString() ?? "");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new UsageException(
                "ISTIO_METAJSON_LABELS is no JSON object of texts; write one such as {\"app\":\"web\"}"
            );
        }
    }

    private static string OwnAddress()
    {
        foreach (var card in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (card.NetworkInterfaceType == NetworkInterfaceType.Loopback)
                continue;
            foreach (var address in card.GetIPProperties().UnicastAddresses)
            {
                if (address.Address.AddressFamily == AddressFamily.InterNetwork)
                    return address.Address.ToString();
            }
        }
        return IPAddress.Loopback.ToString();
    }
}
