// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Apps;
using Lateen.Config.Kinds.Core;

namespace Lateen.Config.Analysis;

/// <summary>A pod, or what makes pods of a template, and what can be said of them.</summary>
/// <param name="Resource">The pod itself, or the Deployment and so on.</param>
/// <param name="Field">Where the pod's fields begin in the resource: empty, or <c>spec.template.</c> with the dot.</param>
internal sealed record KnownPod(
    ConfigResource Resource,
    string Field,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    PodSpec? Spec
)
{
    private const string Injection = "istio-injection";
    private const string Revision = "istio.io/rev";
    private const string PerPod = "sidecar.istio.io/inject";

    public bool IsTemplate => Field.Length > 0;

    /// <summary>Those that run from the beginning included.</summary>
    public IEnumerable<Container> Containers => (Spec?.Containers ?? []).Concat(Spec?.InitContainers ?? []);

    public static IEnumerable<KnownPod> Of(ConfigSnapshot config) =>
        config
            .Of<Pod>()
            .Select(static pod => new KnownPod(pod, "", pod.Metadata.Labels, pod.Metadata.Annotations, pod.Spec.Spec))
            .Concat(Templates<Deployment>(config))
            .Concat(Templates<StatefulSet>(config))
            .Concat(Templates<DaemonSet>(config));

    /// <summary>Whether injection gives the pods a proxy, by their own word or their namespace's.</summary>
    public bool IsInjected(ConfigSnapshot config)
    {
        var choice = Labels.GetValueOrDefault(PerPod) ?? Annotations.GetValueOrDefault(PerPod);
        return choice == "true"
            || (
                choice != "false"
                && config.Of<Namespace>().Any(ns => ns.Name == Resource.Namespace && IsInjected(ns.Metadata.Labels))
            );
    }

    /// <summary>Whether a namespace's labels ask for proxies.</summary>
    public static bool IsInjected(IReadOnlyDictionary<string, string> labels) =>
        labels.GetValueOrDefault(Injection) == "enabled"
        || (labels.ContainsKey(Revision) && !labels.ContainsKey(Injection));

    private static IEnumerable<KnownPod> Templates<T>(ConfigSnapshot config)
        where T : class, IPodOwner =>
        config
            .Of<T>()
            .Select(static owner => new KnownPod(
                owner,
                "spec.template.",
                owner.Spec.Template.Metadata.Labels,
                owner.Spec.Template.Metadata.Annotations,
                owner.Spec.Template.Spec
            ));
}
