// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Gateways among each other, with their certificates and with the Services in front of them.</summary>
internal static class GatewayAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        var gateways = context.Config.Of<Gateway>().ToArray();
        for (var i = 0; i < gateways.Length; i++)
        {
            CheckCredentials(gateways[i], context);
            CheckPorts(gateways[i], context);
            for (var j = 0; j < gateways.Length; j++)
            {
                if (i != j)
                    CheckPair(gateways[j], gateways[i], context);
            }
        }
    }

    /// <summary>The same proxies, port and hosts twice: one of the two is never asked. Tells it of the second.</summary>
    private static void CheckPair(
        ConfigResource<Gateway> first,
        ConfigResource<Gateway> second,
        AnalysisContext context
    )
    {
        // Who is on all proxies of the other, or more of them.
        var isEverywhere = IsPartOf(second.Spec.Selector, first.Spec.Selector);
        if (!isEverywhere && !IsPartOf(first.Spec.Selector, second.Spec.Selector))
            return;
        for (var i = 0; i < second.Spec.Servers.Count; i++)
        {
            var server = second.Spec.Servers[i];
            foreach (var other in first.Spec.Servers)
            {
                if (other.Port is null || server.Port is null)
                    continue;
                var common = server.Hosts.FirstOrDefault(host => other.Hosts.Any(known => Name(known) == Name(host)));
                if (other.Port.Number == server.Port.Number && other.Bind == server.Bind && common is not null)
                    context.Tell(
                        second,
                        IstioMessage.ConflictingGateways,
                        $"spec.servers[{i}]",
                        $"serves {Name(common)} on port {server.Port.Number}, which {first.Key} does too on the same proxies",
                        "merge the two, or give them different hosts"
                    );
                var isShared =
                    isEverywhere
                    && other.Tls is { CredentialName: { Length: > 0 } name }
                    && server.Tls?.CredentialName == name
                    && common is null;
                if (isShared)
                    context.Tell(
                        second,
                        IstioMessage.GatewayDuplicateCertificate,
                        $"spec.servers[{i}].tls.credentialName",
                        $"{other.Tls!.CredentialName} is the certificate of {first.Key} too; a client that has an HTTP/2 connection to the one may send it requests for the other, and get 404",
                        "put the hosts into one server, or give each its own certificate"
                    );
            }
        }
    }

    /// <summary>Fewer labels select more proxies.</summary>
    private static bool IsPartOf(
        IReadOnlyDictionary<string, string> fewer,
        IReadOnlyDictionary<string, string> labels
    ) => fewer.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private static string Name(string host) => host[(host.IndexOf('/') + 1)..];

    private static void CheckCredentials(ConfigResource<Gateway> gateway, AnalysisContext context)
    {
        for (var i = 0; i < gateway.Spec.Servers.Count; i++)
        {
            if (gateway.Spec.Servers[i].Tls is not { CredentialName: { Length: > 0 } name })
                continue;
            if (context.SecretOf(gateway, name) is { } secret && FaultOf(secret.Spec) is { } fault)
                context.Tell(
                    gateway,
                    IstioMessage.InvalidGatewayCredential,
                    $"spec.servers[{i}].tls.credentialName",
                    $"the Secret {name} {fault}",
                    "make it anew, as with kubectl create secret tls"
                );
        }
    }

    private static string? FaultOf(Secret secret)
    {
        var certificate = Entry(secret, "tls.crt") ?? Entry(secret, "cert");
        var key = Entry(secret, "tls.key") ?? Entry(secret, "key");
        if (certificate is null)
            return "has no tls.crt";
        if (key is null)
            return "has no tls.key";
        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate, key);
            return null;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            return "has no certificate with its key";
        }
    }

    private static string? Entry(Secret secret, string name) =>
        secret.Data.TryGetValue(name, out var bytes) ? Encoding.UTF8.GetString(bytes)
        : secret.StringData.TryGetValue(name, out var text) ? text
        : null;

    /// <summary>The Service in front of the proxies must have the port, else nobody gets to it.</summary>
    private static void CheckPorts(ConfigResource<Gateway> gateway, AnalysisContext context)
    {
        var labels = gateway.Spec.Selector;
        var proxies = context.Workloads.Select(null, labels).Where(static known => known.Pod is not null).ToArray();
        var services = context
            .Config.Of<Service>()
            .Where(service =>
                service.Spec.Selector.Count > 0
                && labels.Count > 0
                && (
                    IsPartOf(labels, service.Spec.Selector)
                    || proxies.Any(proxy =>
                        proxy.Resource.Namespace == service.Namespace && IsPartOf(service.Spec.Selector, proxy.Labels)
                    )
                )
            )
            .ToArray();
        if (services.Length == 0)
            return;
        for (var i = 0; i < gateway.Spec.Servers.Count; i++)
        {
            // A Unix socket is no matter of a Service.
            if (gateway.Spec.Servers[i].Port is not { Number: > 0 } port)
                continue;
            var isOpen = services.Any(service =>
                service.Spec.Ports.Any(known =>
                    (known.TargetPort?.Number ?? known.Port) == port.Number || known.TargetPort?.Text is not null
                )
            );
            if (!isOpen)
                context.Tell(
                    gateway,
                    IstioMessage.GatewayPortNotDefinedOnService,
                    $"spec.servers[{i}].port",
                    $"no Service in front of the gateway's proxies leads to port {port.Number}",
                    $"add it to the ports of {services[0].Key}"
                );
        }
    }
}
