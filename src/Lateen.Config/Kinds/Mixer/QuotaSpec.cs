// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Mixer;

/// <summary>Which quotas requests use up.</summary>
[Kind("config.istio.io", "quotaspecs", "v1alpha2", Name = "QuotaSpec", IsNotInForce = true)]
public sealed record QuotaSpec
{
    /// <summary>All that match count.</summary>
    public IReadOnlyList<QuotaRule> Rules { get; init; } = [];
}

/// <summary>Quotas of some requests.</summary>
public sealed record QuotaRule
{
    /// <summary>Any of them is enough; none matches everything.</summary>
    public IReadOnlyList<AttributeMatch> Match { get; init; } = [];

    /// <summary>What is used up.</summary>
    public IReadOnlyList<Quota> Quotas { get; init; } = [];
}

/// <summary>Conditions that all must hold.</summary>
public sealed record AttributeMatch
{
    /// <summary>Attribute → condition.</summary>
    public IReadOnlyDictionary<string, AttributeCondition> Clause { get; init; } =
        new Dictionary<string, AttributeCondition>();
}

/// <summary>A condition on a text.</summary>
public sealed record AttributeCondition
{
    /// <summary>The whole text.</summary>
    [OneOf("match_type")]
    public string? Exact { get; init; }

    /// <summary>How it begins.</summary>
    [OneOf("match_type")]
    public string? Prefix { get; init; }

    /// <summary>A pattern, matched in full.</summary>
    [OneOf("match_type")]
    public string? Regex { get; init; }
}

/// <summary>A quota that is used up.</summary>
public sealed record Quota
{
    /// <summary>Name of an instance of the quota template.</summary>
    [Word("quota")]
    public string Name { get; init; } = "";

    /// <summary>How much one request uses up: 1.</summary>
    public long Charge { get; init; } = 1;
}

/// <summary>Services that quotas are for.</summary>
[Kind("config.istio.io", "quotaspecbindings", "v1alpha2", Name = "QuotaSpecBinding", IsNotInForce = true)]
public sealed record QuotaSpecBinding
{
    /// <summary>The services.</summary>
    public IReadOnlyList<MixerService> Services { get; init; } = [];

    /// <summary>Their quotas.</summary>
    public IReadOnlyList<SpecReference> QuotaSpecs { get; init; } = [];
}

/// <summary>A service.</summary>
public sealed record MixerService
{
    /// <summary>Short name, or <c>*</c> for all.</summary>
    public string Name { get; init; } = "";

    /// <summary>The resource's own when empty.</summary>
    public string Namespace { get; init; } = "";

    /// <summary><c>svc.cluster.local</c> when empty.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Its host in full, instead of name, namespace and domain.</summary>
    public string Service { get; init; } = "";

    /// <summary>Labels of its workloads.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>Another resource.</summary>
public sealed record SpecReference
{
    /// <summary>Of the resource.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The resource's own when empty.</summary>
    public string Namespace { get; init; } = "";
}
