// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Apps;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Whoever may write a RequestAuthentication makes istiod fetch keys from where it says, unless istiod is told which addresses not to ask.</summary>
internal static class KeySetAnalyzer
{
    private const string Blocked = "BLOCKED_CIDRS_IN_JWKS_URIS";

    public static void Run(AnalysisContext context)
    {
        var policies = context.Config.Of<RequestAuthentication>().Count();
        if (policies == 0)
            return;
        foreach (var deployment in context.Config.Of<Deployment>())
        {
            if (deployment.Metadata.Labels.GetValueOrDefault("app") != "istiod" || IsRestricted(deployment.Spec))
                continue;
            context.Tell(
                deployment,
                IstioMessage.JwksUriFetchUnrestricted,
                "spec.template.spec.containers",
                $"fetches keys from any address that one of {policies} RequestAuthentications names, those of the cluster's own network too",
                $"set {Blocked} to the ranges that it is not to ask"
            );
        }
    }

    private static bool IsRestricted(Deployment istiod) =>
        (istiod.Template.Spec?.Containers ?? [])
            .SelectMany(static container => container.Env)
            .Any(static variable => variable.Name == Blocked && variable.Value.Length > 0);
}
