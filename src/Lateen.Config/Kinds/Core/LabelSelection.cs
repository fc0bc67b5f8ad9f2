// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>Selects objects by labels, as Kubernetes does (its LabelSelector); all conditions must hold.</summary>
public sealed record LabelSelection
{
    /// <summary>Labels that must have these values.</summary>
    public IReadOnlyDictionary<string, string> MatchLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Further conditions.</summary>
    public IReadOnlyList<LabelRequirement> MatchExpressions { get; init; } = [];

    /// <summary>Whether an object with the labels is selected; without conditions, all are.</summary>
    public bool Selects(IReadOnlyDictionary<string, string> labels) =>
        MatchLabels.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value)
        && MatchExpressions.All(requirement => requirement.Holds(labels));
}

/// <summary>A condition on a label.</summary>
public sealed record LabelRequirement
{
    /// <summary>Name of the label.</summary>
    [Required]
    public string Key { get; init; } = "";

    /// <summary>What is asked.</summary>
    [Required]
    public LabelOperator? Operator { get; init; }

    /// <summary>For In and NotIn.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    internal bool Holds(IReadOnlyDictionary<string, string> labels)
    {
        var isThere = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            LabelOperator.In => isThere && Values.Contains(value!),
            LabelOperator.NotIn => !isThere || !Values.Contains(value!),
            LabelOperator.Exists => isThere,
            LabelOperator.DoesNotExist => !isThere,
            _ => false,
        };
    }
}

/// <summary>What is asked of a label.</summary>
[PascalWords]
public enum LabelOperator : byte
{
    /// <summary>It has one of the values.</summary>
    In,

    /// <summary>It has none of the values, or is not there.</summary>
    NotIn,

    /// <summary>It is there.</summary>
    Exists,

    /// <summary>It is not there.</summary>
    DoesNotExist,
}
