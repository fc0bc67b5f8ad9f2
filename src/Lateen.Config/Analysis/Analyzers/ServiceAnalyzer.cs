// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Services: names of ports, and workloads that several of them select.</summary>
internal static class ServiceAnalyzer
{
    private static readonly string[] s_protocols =
    [
        "http",
        "http2",
        "https",
        "grpc",
        "grpc-web",
        "tcp",
        "tls",
        "mongo",
        "mysql",
        "redis",
        "udp",
    ];

    private const string ManagedLabel = "gateway.istio.io/managed";

    private static readonly string[] s_httpProtocols = ["http", "http2", "https", "grpc", "grpc-web"];

    public static void Run(AnalysisContext context)
    {
        var services = context.Config.Of<Service>().ToArray();
        // What the system has made for itself is nothing that a user can put right.
        var own = services.Where(service =>
            !context.IsOfTheSystem(service.Namespace) && !service.Metadata.Labels.ContainsKey(ManagedLabel)
        );
        foreach (var service in own)
        {
            for (var i = 0; i < service.Spec.Ports.Count; i++)
                CheckPort(service, service.Spec.Ports[i], $"spec.ports[{i}]", context);
        }
        for (var i = 0; i < services.Length; i++)
        {
            for (var j = 0; j < i; j++)
                CheckPair(services[j], services[i], context);
        }
        foreach (var policy in context.Config.Of<RequestAuthentication>())
            CheckTokens(policy, services, context);
    }

    private static void CheckPort(
        ConfigResource<Service> service,
        ServicePort port,
        string field,
        AnalysisContext context
    )
    {
        var isNamed = port.AppProtocol.Length > 0 || s_protocols.Contains(FirstWord(port.Name));
        if (service.Spec.Type == "ExternalName")
        {
            if (!s_httpProtocols.Contains(FirstWord(port.Name)))
                context.Tell(
                    service,
                    IstioMessage.ExternalNameServiceTypeInvalidPortName,
                    field,
                    $"the port {port.Port} is not named for HTTP, so a proxy without its address cannot tell its traffic",
                    "begin the name with http, http2, https or grpc"
                );
            return;
        }
        if (!isNamed && port.Protocol == "TCP")
            context.Tell(
                service,
                IstioMessage.PortNameIsNotUnderNamingConvention,
                field,
                $"the name \"{port.Name}\" of port {port.Port} does not say its protocol, which proxies then guess",
                "begin the name with the protocol, as http-web, or set appProtocol"
            );
    }

    /// <summary>Two services of the same workloads must agree on what a port of them speaks.</summary>
    private static void CheckPair(
        ConfigResource<Service> first,
        ConfigResource<Service> second,
        AnalysisContext context
    )
    {
        if (first.Namespace != second.Namespace || first.Spec.Selector.Count == 0 || second.Spec.Selector.Count == 0)
            return;
        var workloads = context.Workloads.Select(first.Namespace, first.Spec.Selector).ToArray();
        var shared = context
            .Workloads.Select(second.Namespace, second.Spec.Selector)
            .Where(workloads.Contains)
            .OrderByDescending(static workload => workload.Pod is { IsTemplate: true })
            .FirstOrDefault();
        if (shared is null || IsOutside(shared, context))
            return;
        for (var i = 0; i < second.Spec.Ports.Count; i++)
        {
            var port = second.Spec.Ports[i];
            var (told, field) = shared.Pod is { IsTemplate: true }
                ? (shared.Resource, "spec.template.spec.containers")
                : (second, $"spec.ports[{i}]");
            foreach (var other in first.Spec.Ports)
            {
                if (other.Port == port.Port && ProtocolOf(other) != ProtocolOf(port))
                    context.Tell(
                        told,
                        IstioMessage.DeploymentAssociatedToMultipleServices,
                        field,
                        $"{shared.Resource.Key} has port {port.Port} as {ProtocolOf(port)} in {second.Key} and as {ProtocolOf(other)} in {first.Key}",
                        "use one protocol"
                    );
                if (Target(other) == Target(port) && other.Port != port.Port)
                    context.Tell(
                        told,
                        IstioMessage.DeploymentConflictingPorts,
                        field,
                        $"{shared.Resource.Key} serves {Target(port)} as port {port.Port} in {second.Key} and as {other.Port} in {first.Key}",
                        "use one port"
                    );
            }
        }
    }

    /// <summary>A Deployment and so on whose pods get no proxy.</summary>
    private static bool IsOutside(KnownWorkload workload, AnalysisContext context) =>
        workload.Pod is { IsTemplate: true } pod && !pod.IsInjected(context.Config);

    private static void CheckTokens(
        ConfigResource<RequestAuthentication> policy,
        ConfigResource<Service>[] services,
        AnalysisContext context
    )
    {
        if (policy.Spec.JwtRules.Count == 0 || policy.Spec.Selector is not { MatchLabels: { Count: > 0 } labels })
            return;
        foreach (var service in services.Where(service => service.Namespace == policy.Namespace))
        {
            if (!labels.All(label => service.Spec.Selector.GetValueOrDefault(label.Key) == label.Value))
                continue;
            foreach (var port in service.Spec.Ports.Where(static port => !s_httpProtocols.Contains(ProtocolOf(port))))
                context.Tell(
                    policy,
                    IstioMessage.JwtFailureDueToInvalidServicePortPrefix,
                    "spec.selector",
                    $"port {port.Port} of {service.Key} is {ProtocolOf(port)}, and tokens are read on HTTP alone",
                    "begin the port's name with http, http2, https or grpc, or set appProtocol"
                );
        }
    }

    private static string ProtocolOf(ServicePort port)
    {
        var word = port.AppProtocol.Length > 0 ? port.AppProtocol.ToLowerInvariant() : FirstWord(port.Name);
        return s_protocols.Contains(word) ? word : port.Protocol.ToLowerInvariant();
    }

    private static string Target(ServicePort port) => port.TargetPort?.ToString() ?? $"{port.Port}";

    private static string FirstWord(string name)
    {
        if (name.StartsWith("grpc-web", StringComparison.OrdinalIgnoreCase))
            return "grpc-web";
        var dash = name.IndexOf('-');
        return (dash < 0 ? name : name[..dash]).ToLowerInvariant();
    }
}
