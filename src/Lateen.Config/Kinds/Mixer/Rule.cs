// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Mixer;

/// <summary>
/// Which handlers get which instances, when. A rule sees requests to its namespace, those of the root namespace see all. All rules
/// that match run; the first refusal counts.
/// </summary>
[Kind("config.istio.io", "rules", "v1alpha2", Name = "rule", IsNotInForce = true)]
public sealed record Rule
{
    /// <summary>Expression over attributes that must hold; empty holds for every request.</summary>
    public string Match { get; init; } = "";

    /// <summary>What happens.</summary>
    public IReadOnlyList<RuleAction> Actions { get; init; } = [];

    /// <summary>Changes to the request's headers.</summary>
    public IReadOnlyList<RuleHeaderOperation> RequestHeaderOperations { get; init; } = [];

    /// <summary>Changes to the response's headers.</summary>
    public IReadOnlyList<RuleHeaderOperation> ResponseHeaderOperations { get; init; } = [];

    /// <summary>Which of the requests that match count; all by default.</summary>
    public RuleSampling? Sampling { get; init; }
}

/// <summary>A handler that gets instances.</summary>
public sealed record RuleAction
{
    /// <summary><c>name</c>, <c>name.kind</c> or <c>name.namespace</c> of a handler.</summary>
    [Required]
    public string Handler { get; init; } = "";

    /// <summary>Names of instances, as of handlers.</summary>
    public IReadOnlyList<string> Instances { get; init; } = [];

    /// <summary>For header operations, which may use what the handler answers: <c>name.output.field</c>.</summary>
    public string Name { get; init; } = "";
}

/// <summary>A change to a header.</summary>
public sealed record RuleHeaderOperation
{
    /// <summary>Of the header.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Expressions over attributes.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>REPLACE by default.</summary>
    public RuleHeaderAction Operation { get; init; }
}

/// <summary>What happens to a header.</summary>
public enum RuleHeaderAction : byte
{
    /// <summary>Its values are replaced.</summary>
    Replace,

    /// <summary>It is removed.</summary>
    Remove,

    /// <summary>Values are added.</summary>
    Append,
}

/// <summary>Which requests count.</summary>
public sealed record RuleSampling
{
    /// <summary>By chance.</summary>
    public RandomSampling? Random { get; init; }

    /// <summary>By number.</summary>
    public RateLimitSampling? RateLimit { get; init; }
}

/// <summary>Sampling by chance.</summary>
public sealed record RandomSampling
{
    /// <summary>Attribute whose value decides, so that the same value has the same luck.</summary>
    public string AttributeExpression { get; init; } = "";

    /// <summary>Share that counts.</summary>
    public FractionalPercent? PercentSampled { get; init; }

    /// <summary>Chance decides even where there is the attribute.</summary>
    public bool UseIndependentRandomness { get; init; }
}

/// <summary>A share of all.</summary>
public sealed record FractionalPercent
{
    /// <summary>So many …</summary>
    [Range(0)]
    public long Numerator { get; init; }

    /// <summary>… of this: HUNDRED by default.</summary>
    public FractionalDenominator Denominator { get; init; }
}

/// <summary>What a share is of.</summary>
public enum FractionalDenominator : byte
{
    /// <summary>Of 100.</summary>
    Hundred,

    /// <summary>Of 10,000.</summary>
    TenThousand,
}

/// <summary>Sampling by number.</summary>
public sealed record RateLimitSampling
{
    /// <summary>Time that is counted over.</summary>
    public TimeSpan? SamplingDuration { get; init; }

    /// <summary>So many may count in that time before sampling starts.</summary>
    [Range(0)]
    public long MaxUnsampledEntries { get; init; }

    /// <summary>One of so many counts after that.</summary>
    [Range(0)]
    public long SamplingRate { get; init; }
}
