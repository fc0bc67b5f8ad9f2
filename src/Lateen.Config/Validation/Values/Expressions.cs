// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Cel;
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation.Values;

/// <summary>Expressions over the attributes of a request, in CEL.</summary>
internal static class Expressions
{
    /// <summary>What Envoy tells of a request, and what Istio adds.</summary>
    private static readonly string[] s_attributes =
    [
        "request",
        "response",
        "connection",
        "source",
        "destination",
        "upstream",
        "metadata",
        "filter_state",
        "upstream_filter_state",
        "xds",
        "node",
        "plugin_name",
        "plugin_root_id",
        "cluster_name",
        "cluster_metadata",
        "route_name",
        "route_metadata",
        "listener_metadata",
        "listener_direction",
        "upstream_host_metadata",
        "upstream_peer",
        "downstream_peer",
        "upstream_peer_id",
        "downstream_peer_id",
    ];

    public static void Check(string expression, FieldPath at, ValidationScope scope)
    {
        if (expression.Length == 0)
            return;
        if (CelParser.Check(expression, out var roots) is { } fault)
        {
            scope.Add(
                ProblemCatalogue.BadExpression,
                at,
                $"is no expression: it {fault}",
                "write CEL, as response.code >= 400"
            );
            return;
        }
        foreach (var root in roots)
        {
            if (s_attributes.Contains(root))
                continue;
            var meant = Spelling.Closest(root, s_attributes);
            scope.Add(
                ProblemCatalogue.BadExpression,
                at,
                $"there is no attribute \"{root}\"",
                meant is null ? "use an attribute of Envoy's" : $"did you mean {meant}?"
            );
            return;
        }
    }
}
