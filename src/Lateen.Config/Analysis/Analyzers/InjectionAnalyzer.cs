// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Kinds.Core;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Namespaces, pods and what makes them: who gets a proxy, and who should have one.</summary>
internal static class InjectionAnalyzer
{
    private const string Injection = "istio-injection";
    private const string Revision = "istio.io/rev";
    private const string PerPod = "sidecar.istio.io/inject";
    private const string DataplaneMode = "istio.io/dataplane-mode";
    private const string OwnImage = "sidecar.istio.io/proxyImage";
    private const string ProxyName = "istio-proxy";
    private const long ProxyUid = 1337;

    public static void Run(AnalysisContext context)
    {
        var injectors = InjectorSettings.Of(context.Config);
        foreach (var ns in context.Config.Of<Namespace>())
        {
            CheckNamespace(ns, injectors, context);
            CheckImages(ns, injectors, context);
        }
        foreach (var pod in KnownPod.Of(context.Config))
            CheckPod(pod, context);
    }

    private static void CheckNamespace(
        ConfigResource<Namespace> ns,
        Dictionary<string, InjectorSettings> injectors,
        AnalysisContext context
    )
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
        var saysSomething =
            labels.ContainsKey(Injection)
            || labels.ContainsKey(Revision)
            || labels.GetValueOrDefault(DataplaneMode) == "ambient";
        if (context.IsOfTheSystem(ns.Name) || saysSomething)
            return;
        if (injectors.GetValueOrDefault(InjectorSettings.Name) is { IsByDefault: true })
            context.Tell(
                ns,
                IstioMessage.NamespaceInjectionEnabledByDefault,
                "metadata.labels",
                "says nothing of injection, and the mesh injects then (enableNamespacesByDefault)",
                $"label it {Injection}=disabled if that is not meant"
            );
        else
            context.Tell(
                ns,
                IstioMessage.NamespaceNotInjected,
                "metadata.labels",
                "says nothing of injection, so its pods get no proxy",
                $"label it {Injection}=enabled, or {Injection}=disabled if that is meant"
            );
    }

    /// <summary>Proxies that ran before the mesh was upgraded. Pods may ask for an image of their own.</summary>
    private static void CheckImages(
        ConfigResource<Namespace> ns,
        Dictionary<string, InjectorSettings> injectors,
        AnalysisContext context
    )
    {
        var labels = ns.Metadata.Labels;
        if (
            !KnownPod.IsInjected(labels)
            || injectors.GetValueOrDefault(InjectorSettings.NameOf(labels.GetValueOrDefault(Revision)))
                is not { Image: { Length: > 0 } image }
        )
            return;
        var others = context
            .Config.Of<Pod>()
            .Where(pod => pod.Namespace == ns.Name && !pod.Metadata.Annotations.ContainsKey(OwnImage))
            .Where(pod => ProxyOf(pod.Spec) is { Image: var own } && own != image)
            .Select(static pod => pod.Name)
            .ToArray();
        if (others.Length > 0)
            context.Tell(
                ns,
                IstioMessage.PodsIstioProxyImageMismatchInNamespace,
                "",
                $"has pods whose proxy is not {image}, which injection would give them now: {string.Join(", ", others)}",
                "make the pods anew"
            );
    }

    private static Container? ProxyOf(Pod pod) =>
        (pod.Spec?.Containers ?? [])
            .Concat(pod.Spec?.InitContainers ?? [])
            .FirstOrDefault(static container => container.Name == ProxyName);

    private static void CheckPod(KnownPod pod, AnalysisContext context)
    {
        var field = $"{(pod.IsTemplate ? pod.Field : "")}spec.containers";
        var isInjected = pod.IsInjected(context.Config);
        var hasProxy = pod.Containers.Any(static container => container.Name == ProxyName);
        if (isInjected && !hasProxy && !pod.IsTemplate && pod.Spec is not { HostNetwork: true })
            context.Tell(
                pod.Resource,
                IstioMessage.PodMissingProxy,
                field,
                "has no istio-proxy, though its namespace or label asks for one",
                "make the pod anew"
            );
        if (!isInjected && pod.Containers.Any(static container => container.Image == "auto"))
            context.Tell(
                pod.Resource,
                pod.IsTemplate
                    ? IstioMessage.ImageAutoWithoutInjectionWarning
                    : IstioMessage.ImageAutoWithoutInjectionError,
                field,
                "has the image auto, which only injection replaces, and is not injected",
                $"label the pod {PerPod}=true"
            );
        CheckUser(pod, field, context);
    }

    /// <summary>A container's own user counts, else the pod's.</summary>
    private static void CheckUser(KnownPod pod, string field, AnalysisContext context)
    {
        var ofPod = UserOf(pod.Spec?.SecurityContext);
        foreach (var container in pod.Containers.Where(static container => container.Name != ProxyName))
        {
            if ((container.SecurityContext?.RunAsUser ?? ofPod) == ProxyUid)
                context.Tell(
                    pod.Resource,
                    IstioMessage.InvalidApplicationUID,
                    field,
                    $"{container.Name} runs as user {ProxyUid}, whose traffic passes the proxy by",
                    "run it as another user"
                );
        }
    }

    private static long? UserOf(JsonObject? security) =>
        security?["runAsUser"] is JsonValue value && value.TryGetValue<long>(out var user) ? user : null;
}
