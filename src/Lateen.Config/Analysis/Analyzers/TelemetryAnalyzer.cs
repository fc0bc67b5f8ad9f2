// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Observability;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Telemetries whose access log goes nowhere.</summary>
internal static class TelemetryAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        foreach (var policy in context.Config.Of<TelemetryPolicy>())
        {
            for (var i = 0; i < policy.Spec.AccessLogging.Count; i++)
            {
                var logging = policy.Spec.AccessLogging[i];
                if (logging is { Providers.Count: 0, Disabled: not true, Filter: not null })
                    context.Tell(
                        policy,
                        IstioMessage.InvalidTelemetryProvider,
                        $"spec.accessLogging[{i}].providers",
                        "is empty, so nothing is logged unless the mesh has a default provider",
                        "name a provider, as envoy"
                    );
            }
        }
    }
}
