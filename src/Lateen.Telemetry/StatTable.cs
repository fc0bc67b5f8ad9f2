// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Telemetry;

/// <summary>A number that each thing of a kind has.</summary>
/// <param name="Name">Envoy's name, without the thing's: <c>upstream_rq_total</c>.</param>
/// <param name="FamilyName">Name in Prometheus where it differs, as <c>upstream_rq</c> of <c>upstream_rq_2xx</c>.</param>
/// <param name="Label">A label that stands for the difference, as <c>response_code_class="2xx"</c>.</param>
public readonly record struct StatDefinition(
    string Name,
    SampleKind Kind = SampleKind.Counter,
    string? FamilyName = null,
    string? Label = null
)
{
    /// <summary>The count of responses of one class, <c>…_2xx</c>; its label is the one that Istio's bootstrap extracts.</summary>
    public static StatDefinition ResponseClass(string prefix, int hundreds) =>
        new($"{prefix}_{hundreds}xx", SampleKind.Counter, prefix, $"response_code_class=\"{hundreds}xx\"");
}

/// <summary>The numbers that things of one kind have, in the order of their cells.</summary>
/// <param name="PlainKind">First part of Envoy's names, as <c>cluster</c>.</param>
/// <param name="LabelName">Label that carries the thing's name in Prometheus, as <c>cluster_name</c>; empty when there is but one thing.</param>
public sealed record StatTable(string PlainKind, string LabelName, params StatDefinition[] Definitions);
