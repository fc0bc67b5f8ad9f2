// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Namespaces and pods: who gets a proxy, and who should have one.</summary>
internal static class InjectionAnalyzer
{
    private const string Injection = "istio-injection";
    private const string Revision = "istio.io/rev";
    private const string PerPod = "sidecar.istio.io/inject";
    private const long ProxyUid = 1337;

    private static readonly string[] s_systems =
    [
        "kube-system",
        "kube-public",
        "kube-node-lease",
        "local-path-storage",
    ];

    public static void Run(AnalysisContext context)
    {
        var injected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var ns in context.Config.Of<Namespace>())
        {
            if (IsInjected(ns.Metadata.Labels))
                injected.Add(ns.Name);
            CheckNamespace(ns, context);
        }
        foreach (var pod in context.Config.Of<Pod>())
            CheckPod(pod, injected, context);
    }

    private static bool IsInjected(IReadOnlyDictionary<string, string> labels) =>
        labels.GetValueOrDefault(Injection) == "enabled"
        || (labels.ContainsKey(Revision) && !labels.ContainsKey(Injection));

    private static void CheckNamespace(ConfigResource<Namespace> ns, AnalysisContext context)
    {
        var labels = ns.Metadata.Labels;
        if (labels.ContainsKey(Injection) && labels.ContainsKey(Revision))
            context.Tell(
                ns,
                IstioMessage.NamespaceMultipleInjectionLabels,
                "metadata.labels",
                $"has both {Injection} and {Revision}",
                "keep one of them"
            );
        var isOwn = ns.Name == context.RootNamespace || s_systems.Contains(ns.Name);
        if (!isOwn && !labels.ContainsKey(Injection) && !labels.ContainsKey(Revision))
            context.Tell(
                ns,
                IstioMessage.NamespaceNotInjected,
                "metadata.labels",
                "says nothing of injection, so its pods get no proxy",
                $"label it {Injection}=enabled, or {Injection}=disabled if that is meant"
            );
    }

    private static void CheckPod(ConfigResource<Pod> pod, HashSet<string> injected, AnalysisContext context)
    {
        var containers = (pod.Spec.Spec?.Containers ?? []).Concat(pod.Spec.Spec?.InitContainers ?? []).ToArray();
        var choice =
            pod.Metadata.Labels.GetValueOrDefault(PerPod) ?? pod.Metadata.Annotations.GetValueOrDefault(PerPod);
        var isInjected = choice == "true" || (injected.Contains(pod.Namespace) && choice != "false");
        var hasProxy = containers.Any(static container => container.Name == "istio-proxy");
        if (isInjected && !hasProxy && pod.Spec.Spec is not { HostNetwork: true })
            context.Tell(
                pod,
                IstioMessage.PodMissingProxy,
                "spec.containers",
                "has no istio-proxy, though its namespace or label asks for one",
                "make the pod anew"
            );
        if (!isInjected && containers.Any(static container => container.Image == "auto"))
            context.Tell(
                pod,
                IstioMessage.ImageAutoWithoutInjectionError,
                "spec.containers",
                "has the image auto, which only injection replaces, and is not injected",
                $"label the pod {PerPod}=true"
            );
        foreach (var container in containers)
        {
            if (container is { SecurityContext.RunAsUser: ProxyUid } && container.Name != "istio-proxy")
                context.Tell(
                    pod,
                    IstioMessage.InvalidApplicationUID,
                    "spec.containers",
                    $"{container.Name} runs as user {ProxyUid}, whose traffic passes the proxy by",
                    "run it as another user"
                );
        }
    }
}
