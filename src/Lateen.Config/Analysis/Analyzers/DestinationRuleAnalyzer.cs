// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>DestinationRules: TLS that checks nobody, and TLS that the service does not speak.</summary>
internal static class DestinationRuleAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        foreach (var rule in context.Config.Of<DestinationRule>())
        {
            CheckVerification(rule, context);
            CheckMutualTls(rule, context);
        }
    }

    private static void CheckVerification(ConfigResource<DestinationRule> rule, AnalysisContext context)
    {
        Check("spec.trafficPolicy", rule.Spec.TrafficPolicy);
        for (var i = 0; i < rule.Spec.Subsets.Count; i++)
            Check($"spec.subsets[{i}].trafficPolicy", rule.Spec.Subsets[i].TrafficPolicy);

        void Check(string field, TrafficPolicy? policy)
        {
            if (policy is null)
                return;
            if (policy.Tls is { } tls && TrustsAnybody(tls, rule.Spec))
                context.Tell(
                    rule,
                    IstioMessage.NoServerCertificateVerificationDestinationLevel,
                    $"{field}.tls",
                    $"says {Word(tls.Mode)} without caCertificates, so any server may answer for {rule.Spec.Host}",
                    "add caCertificates, or system for the system's own"
                );
            for (var i = 0; i < policy.PortLevelSettings.Count; i++)
            {
                if (policy.PortLevelSettings[i].Tls is { } own && TrustsAnybody(own, rule.Spec))
                    context.Tell(
                        rule,
                        IstioMessage.NoServerCertificateVerificationPortLevel,
                        $"{field}.portLevelSettings[{i}].tls",
                        $"says {Word(own.Mode)} without caCertificates, so any server may answer on this port of {rule.Spec.Host}",
                        "add caCertificates, or system for the system's own"
                    );
            }
        }
    }

    /// <summary>Sidecars read the Secret of a credentialName only in rules that select workloads; who asks for it is not told of it.</summary>
    private static bool TrustsAnybody(ClientTls tls, DestinationRule rule) =>
        tls.Mode is ClientTlsMode.Simple or ClientTlsMode.Mutual
        && tls.CaCertificates.Length == 0
        && tls.InsecureSkipVerify is not true
        && (tls.CredentialName.Length == 0 || rule.WorkloadSelector is null);

    /// <summary>STRICT takes no plaintext, and DISABLE sends nothing else.</summary>
    private static void CheckMutualTls(ConfigResource<DestinationRule> rule, AnalysisContext context)
    {
        if (rule.Spec.TrafficPolicy?.Tls is not { } tls)
            return;
        if (
            context.Hosts.Find(rule.Spec.Host, rule.Namespace)?.Origin is not ConfigResource<Kinds.Core.Service> service
        )
            return;
        if (ModeOf(service, context) is not { } policy)
            return;
        var mode = policy.Spec.Mtls!.Mode;
        var conflicts =
            (mode == MutualTlsMode.Strict && tls.Mode != ClientTlsMode.IstioMutual)
            || (mode == MutualTlsMode.Disable && tls.Mode == ClientTlsMode.IstioMutual);
        if (conflicts)
            context.Tell(
                rule,
                IstioMessage.MTLSPolicyConflict,
                "spec.trafficPolicy.tls",
                $"says {Word(tls.Mode)}, and {policy.Key} says {mode.ToString().ToUpperInvariant()} for {rule.Spec.Host}",
                "make the two agree, or remove tls: the mesh then finds out by itself"
            );
    }

    /// <summary>The workloads' own policy, else the namespace's, else the mesh's.</summary>
    private static ConfigResource<PeerAuthentication>? ModeOf(
        ConfigResource<Kinds.Core.Service> service,
        AnalysisContext context
    )
    {
        var policies = context
            .Config.Of<PeerAuthentication>()
            .Where(static policy => policy.Spec.Mtls is { Mode: not MutualTlsMode.Unset })
            .ToArray();
        return policies.FirstOrDefault(policy =>
                policy.Namespace == service.Namespace
                && policy.Spec.Selector is { MatchLabels: { Count: > 0 } labels }
                && labels.All(label => service.Spec.Selector.GetValueOrDefault(label.Key) == label.Value)
            )
            ?? policies.FirstOrDefault(policy => policy.Namespace == service.Namespace && IsWide(policy))
            ?? policies.FirstOrDefault(policy => policy.Namespace == context.RootNamespace && IsWide(policy));
    }

    private static bool IsWide(ConfigResource<PeerAuthentication> policy) =>
        policy.Spec.Selector is not { MatchLabels.Count: > 0 };

    private static string Word(ClientTlsMode mode) =>
        mode == ClientTlsMode.IstioMutual ? "ISTIO_MUTUAL" : mode.ToString().ToUpperInvariant();
}
