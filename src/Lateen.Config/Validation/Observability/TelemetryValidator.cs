// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Observability;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Observability;

/// <summary>Telemetry: traces, metrics, access logs.</summary>
internal static class TelemetryValidator
{
    public static void Check(TelemetryPolicy policy, FieldPath at, ValidationScope scope)
    {
        LabelRules.CheckTargets(policy.Selector, policy.TargetRef, policy.TargetRefs, at, scope);
        if (policy.Tracing.Count > 1)
            scope.NoEffect(at["tracing"], "has several entries, and the first alone is in force", "put them into one");
        for (var i = 0; i < policy.Tracing.Count; i++)
            CheckTracing(policy.Tracing[i], at["tracing"][i], scope);
        for (var i = 0; i < policy.Metrics.Count; i++)
            CheckMetrics(policy.Metrics[i], at["metrics"][i], scope);
        for (var i = 0; i < policy.AccessLogging.Count; i++)
        {
            if (policy.AccessLogging[i].Filter is { } filter)
                Expressions.Check(filter.Expression, at["accessLogging"][i]["filter"]["expression"], scope);
        }
    }

    private static void CheckTracing(Tracing tracing, FieldPath at, ValidationScope scope)
    {
        if (tracing.Providers.Count > 1)
            scope.NoEffect(at["providers"], "has several providers, and traces go to the first", "keep one of them");
        foreach (var (name, tag) in tracing.CustomTags)
        {
            if (name.Length == 0)
                scope.Missing(at["customTags"]);
            if (tag is { Literal: null, Environment: null, Header: null, Formatter: null })
                scope.Missing(at["customTags"][name]["literal"]);
            if (tag.Header is { Name: { Length: > 0 } header })
                HttpRules.CheckHeaderName(header, at["customTags"][name]["header"]["name"], scope);
        }
    }

    private static void CheckMetrics(Metrics metrics, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < metrics.Overrides.Count; i++)
        {
            foreach (var (tag, change) in metrics.Overrides[i].TagOverrides)
                CheckTag(change, at["overrides"][i]["tagOverrides"][tag], scope);
            if (metrics.Overrides[i].Match?.CustomMetric is "")
                scope.Missing(at["overrides"][i]["match"]["customMetric"]);
        }
    }

    private static void CheckTag(TagOverride change, FieldPath at, ValidationScope scope)
    {
        if (change.Operation == TagOperation.Remove && change.Value.Length > 0)
            scope.Exclusive(at["value"], "stands beside REMOVE, which needs none", "remove it");
        else if (change.Operation == TagOperation.Upsert && change.Value.Length == 0)
            scope.Missing(at["value"]);
        else if (change.Value.Length > 0)
            Expressions.Check(change.Value, at["value"], scope);
    }
}
