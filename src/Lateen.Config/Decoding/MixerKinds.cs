// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Lateen.Config.Decoding;

/// <summary>
/// Kinds that Mixer had for each adapter and template before <c>handler</c> and <c>instance</c> took their place (Istio 1.1): old
/// installations' files still have them, and they are no misspelling.
/// </summary>
internal static class MixerKinds
{
    private const string Group = "config.istio.io";

    private static readonly FrozenSet<string> s_former = FrozenSet.ToFrozenSet(
        [
            // Adapters.
            "bypass",
            "circonus",
            "cloudwatch",
            "denier",
            "dogstatsd",
            "fluentd",
            "kubernetesenv",
            "listchecker",
            "memquota",
            "noop",
            "opa",
            "prometheus",
            "rbac",
            "redisquota",
            "signalfx",
            "solarwinds",
            "stackdriver",
            "statsd",
            "stdio",
            "zipkin",
            // Templates.
            "apikey",
            "authorization",
            "checknothing",
            "edge",
            "kubernetes",
            "listentry",
            "logentry",
            "metric",
            "quota",
            "reportnothing",
            "tracespan",
        ],
        StringComparer.Ordinal
    );

    public static bool IsFormer(string group, string name) => group == Group && s_former.Contains(name);
}
