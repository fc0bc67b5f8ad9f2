// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Observability;

/// <summary>Traces.</summary>
public sealed record Tracing
{
    /// <summary>Which side it is about; both when it is not there.</summary>
    public TracingSelector? Match { get; init; }

    /// <summary>Where they go, one at most; the mesh's default provider when empty.</summary>
    public IReadOnlyList<ProviderRef> Providers { get; init; } = [];

    /// <summary>Per cent of the requests that begin a trace, if they are in none; as one level above when it is not there, in the end 1.</summary>
    [Range(0, 100)]
    public double? RandomSamplingPercentage { get; init; }

    /// <summary>Reports no spans; context is passed on all the same.</summary>
    public bool? DisableSpanReporting { get; init; }

    /// <summary>Tags of each span, by name.</summary>
    public IReadOnlyDictionary<string, CustomTag> CustomTags { get; init; } = new Dictionary<string, CustomTag>();

    /// <summary>Whether X-Request-Id decides what is sampled: true by default.</summary>
    public bool? UseRequestIdForTraceSampling { get; init; }

    /// <summary>Whether spans carry Istio's own tags: true by default.</summary>
    public bool? EnableIstioTags { get; init; }

    /// <summary>Passes no trace context on to the service.</summary>
    public bool? DisableContextPropagation { get; init; }
}

/// <summary>Which traffic is traced.</summary>
public sealed record TracingSelector
{
    /// <summary>CLIENT_AND_SERVER by default.</summary>
    public WorkloadMode Mode { get; init; }
}

/// <summary>Where a tag's value comes from.</summary>
public sealed record CustomTag
{
    /// <summary>From this text.</summary>
    [OneOf("type")]
    public LiteralTag? Literal { get; init; }

    /// <summary>From the proxy's environment.</summary>
    [OneOf("type")]
    public EnvironmentTag? Environment { get; init; }

    /// <summary>From a request header.</summary>
    [OneOf("type")]
    public HeaderTag? Header { get; init; }

    /// <summary>From a substitution format, as in access logs.</summary>
    [OneOf("type")]
    public FormatterTag? Formatter { get; init; }
}

/// <summary>A fixed value.</summary>
public sealed record LiteralTag
{
    /// <summary>The value.</summary>
    [Required]
    public string Value { get; init; } = "";
}

/// <summary>A value from the proxy's environment.</summary>
public sealed record EnvironmentTag
{
    /// <summary>Of the variable.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The value when there is no such variable.</summary>
    public string DefaultValue { get; init; } = "";
}

/// <summary>A value from a request header.</summary>
public sealed record HeaderTag
{
    /// <summary>Of the header.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The value when there is no such header.</summary>
    public string DefaultValue { get; init; } = "";
}

/// <summary>A value from a substitution format.</summary>
public sealed record FormatterTag
{
    /// <summary>The format: <c>%REQ(x-user)%</c>.</summary>
    [Required]
    public string Value { get; init; } = "";
}
