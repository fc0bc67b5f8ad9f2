// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Config.Kinds.Admission;
using Lateen.Config.Kinds.Core;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Webhooks of a control plane: pods that two of them would inject, services that are not there, addresses that are none.</summary>
internal static class WebhookAnalyzer
{
    private const string Revision = "istio.io/rev";
    private const string Validator = "istio-validator";
    private const string DefaultValidator = "istiod-default-validator";

    private static readonly (string Key, string Value)?[] s_namespaces =
    [
        null,
        ("istio-injection", "enabled"),
        ("istio-injection", "disabled"),
    ];

    private static readonly (string Key, string Value)?[] s_pods =
    [
        null,
        ("sidecar.istio.io/inject", "true"),
        ("sidecar.istio.io/inject", "false"),
    ];

    public static void Run(AnalysisContext context)
    {
        var injectors = context.Config.Of<MutatingWebhookConfiguration>().ToArray();
        CheckInjectors(injectors.Where(IsOfIstio).ToArray(), context);
        foreach (var injector in injectors)
        {
            if (injector.Name.StartsWith(InjectorSettings.Name, StringComparison.Ordinal))
                CheckAddresses(injector, injector.Spec, context);
        }
        foreach (var validator in context.Config.Of<ValidatingWebhookConfiguration>())
        {
            if (validator.Name == DefaultValidator || validator.Name.StartsWith(Validator, StringComparison.Ordinal))
                CheckAddresses(validator, validator.Spec, context);
        }
    }

    private static bool IsOfIstio(ConfigResource<MutatingWebhookConfiguration> configuration) =>
        RevisionsOf(configuration).Any()
        || configuration.Spec.Webhooks.Any(static hook => hook.Name.EndsWith("istio.io", StringComparison.Ordinal));

    private static void CheckInjectors(
        ConfigResource<MutatingWebhookConfiguration>[] configurations,
        AnalysisContext context
    )
    {
        var hooks = (
            from configuration in configurations
            from index in Enumerable.Range(0, configuration.Spec.Webhooks.Count)
            select new Hook(configuration, index)
        ).ToArray();
        foreach (var (hook, others) in Overlaps(hooks, configurations.SelectMany(RevisionsOf)))
            context.Tell(
                hook.Configuration,
                IstioMessage.InvalidWebhook,
                hook.Field,
                $"injects pods that others inject too: {string.Join(", ", others)}",
                "let selectors of namespaces and objects leave a pod to one of them"
            );
        // Where no Service at all is known, they are kept elsewhere.
        var services = context
            .Config.Of<Service>()
            .Select(static service => (service.Namespace, service.Name))
            .ToHashSet();
        foreach (var hook in services.Count == 0 ? [] : hooks)
        {
            if (hook.Spec.ClientConfig.Service is { } named && !services.Contains((named.Namespace, named.Name)))
                context.Tell(
                    hook.Configuration,
                    IstioMessage.InvalidWebhook,
                    $"{hook.Field}.clientConfig.service",
                    $"the service {named.Namespace}/{named.Name} is not there, so no pod is injected",
                    "check the name and the namespace"
                );
        }
    }

    /// <summary>Each webhook with the others that are asked of the same pods, for any labels that mean something to injection.</summary>
    private static IEnumerable<(Hook Hook, IEnumerable<string> Others)> Overlaps(
        Hook[] hooks,
        IEnumerable<string> revisions
    )
    {
        var others = hooks.ToDictionary(static hook => hook, static _ => new SortedSet<string>(StringComparer.Ordinal));
        string?[] known = [null, .. revisions.Distinct(StringComparer.Ordinal)];
        var pods = LabelsOf(s_pods, known);
        foreach (var ns in LabelsOf(s_namespaces, known))
        {
            foreach (var pod in pods)
            {
                var asked = hooks.Where(hook => hook.IsAskedOf(ns, pod)).ToArray();
                foreach (var hook in asked.Length < 2 ? [] : asked)
                    others[hook]
                        .UnionWith(asked.Where(other => other != hook).Select(static other => other.ToString()));
            }
        }
        return hooks.Where(hook => others[hook].Count > 0).Select(hook => (hook, others[hook].AsEnumerable()));
    }

    private static Dictionary<string, string>[] LabelsOf((string Key, string Value)?[] words, string?[] revisions) =>
        (
            from revision in revisions
            from word in words
            select new[] { word, revision is null ? null : (Revision, revision) }
                .OfType<(string Key, string Value)>()
                .ToDictionary(static label => label.Key, static label => label.Value, StringComparer.Ordinal)
        ).ToArray();

    private static IEnumerable<string> RevisionsOf(ConfigResource<MutatingWebhookConfiguration> configuration)
    {
        if (configuration.Metadata.Labels.TryGetValue(Revision, out var own))
            yield return own;
        var selectors = configuration.Spec.Webhooks.SelectMany(static hook =>
            new[] { hook.NamespaceSelector, hook.ObjectSelector }
        );
        foreach (var selector in selectors.OfType<LabelSelection>())
        {
            if (selector.MatchLabels.TryGetValue(Revision, out var one))
                yield return one;
            foreach (
                var value in selector
                    .MatchExpressions.Where(static one => one.Key == Revision)
                    .SelectMany(static one => one.Values)
            )
                yield return value;
        }
    }

    /// <summary>An external control plane's. Whether DNS has the name is for those to say who are where the API server is.</summary>
    private static void CheckAddresses(
        ConfigResource resource,
        IWebhookConfiguration configuration,
        AnalysisContext context
    )
    {
        for (var i = 0; i < configuration.Webhooks.Count; i++)
        {
            var client = configuration.Webhooks[i].ClientConfig;
            if (client.Url is null && client.Service is null)
                Invalid(i, "has neither a URL nor a service, so nobody is asked");
            else if (client.Url is { } text && !Uri.TryCreate(text, UriKind.Absolute, out _))
                Invalid(i, $"{text} is no URL");
            else if (client.Url is { } url && IPAddress.TryParse(new Uri(url).DnsSafeHost, out var address))
                context.Tell(
                    resource,
                    IstioMessage.ExternalControlPlaneAddressIsNotAHostname,
                    $"webhooks[{i}].clientConfig.url",
                    $"is at the address {address}, which certificates and moves of the control plane make hard to keep",
                    "give it a name"
                );
        }

        void Invalid(int index, string what) =>
            context.Tell(
                resource,
                IstioMessage.InvalidExternalControlPlaneConfig,
                $"webhooks[{index}].clientConfig",
                what,
                "give the URL of the control plane's gateway, as https://istiod.example.com:15017/inject"
            );
    }

    private sealed record Hook(ConfigResource<MutatingWebhookConfiguration> Configuration, int Index)
    {
        public Webhook Spec => Configuration.Spec.Webhooks[Index];

        public string Field => $"webhooks[{Index}]";

        public bool IsAskedOf(IReadOnlyDictionary<string, string> ns, IReadOnlyDictionary<string, string> pod) =>
            (Spec.NamespaceSelector?.Selects(ns) ?? true) && (Spec.ObjectSelector?.Selects(pod) ?? true);

        public override string ToString() => $"{Configuration.Name}/{Spec.Name}";
    }
}
