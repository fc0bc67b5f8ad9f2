// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.Config.Objects.Selectors;

/// <summary>How a <see cref="LabelRequirement"/> compares.</summary>
internal enum LabelOperator : byte
{
    Exists,
    DoesNotExist,
    In,
    NotIn,
    GreaterThan,
    LessThan,
}

/// <summary>One condition of a selector.</summary>
internal sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyCollection<string> Values)
{
    /// <summary>An object without the label satisfies <c>!=</c> and <c>notin</c> (Kubernetes).</summary>
    public bool Matches(Func<string, string?> labels)
    {
        var value = labels(Key);
        return Operator switch
        {
            LabelOperator.Exists => value is not null,
            LabelOperator.DoesNotExist => value is null,
            LabelOperator.In => value is not null && Values.Contains(value),
            LabelOperator.NotIn => value is null || !Values.Contains(value),
            LabelOperator.GreaterThan => Number(value) > Limit,
            _ => Number(value) < Limit,
        };
    }

    private long? Limit => Number(Values.First());

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
