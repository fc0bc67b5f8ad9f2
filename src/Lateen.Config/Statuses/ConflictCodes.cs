// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Analysis;
using Lateen.Core;

namespace Lateen.Config.Statuses;

/// <summary>The problems that say that two objects want different things of the same.</summary>
public static class ConflictCodes
{
    private const string HostTaken = "LT0304";
    private static readonly string s_hosts = IstioMessage.ConflictingMeshGatewayVirtualServiceHosts.Code;

    private static readonly HashSet<string> s_codes = new(
        [
            IstioMessage.ConflictingMeshGatewayVirtualServiceHosts.Code,
            IstioMessage.ConflictingSidecarWorkloadSelectors.Code,
            IstioMessage.MultipleSidecarsWithoutWorkloadSelectors.Code,
            IstioMessage.MTLSPolicyConflict.Code,
            IstioMessage.ConflictingGateways.Code,
            IstioMessage.ConflictingTelemetryWorkloadSelectors.Code,
            IstioMessage.MultipleTelemetriesWithoutWorkloadSelectors.Code,
            // A host that another VirtualService, or another service, has already.
            HostTaken,
            "LT0401",
            // Rules, subsets and settings behind those of another object.
            ProblemCatalogue.GatewayRulesHidden,
            ProblemCatalogue.SubsetTaken,
            ProblemCatalogue.PolicyTaken,
            ProblemCatalogue.RuleHidden,
            ProblemCatalogue.RoutesOverridden,
            ProblemCatalogue.RuleApart,
            // The same object in a file.
            "LT0107",
        ],
        StringComparer.Ordinal
    );

    /// <summary>Those among these, each conflict once: reading and analysis both tell of hosts.</summary>
    public static IReadOnlyList<Problem> Of(IEnumerable<Problem> found)
    {
        var conflicts = found.Where(static problem => s_codes.Contains(problem.Code)).ToList();
        if (conflicts.Exists(static problem => problem.Code == s_hosts))
            conflicts.RemoveAll(static problem => problem.Code == HostTaken);
        return conflicts;
    }
}
