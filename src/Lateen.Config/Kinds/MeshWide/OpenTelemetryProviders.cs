// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>OpenTelemetry: gRPC, unless <c>http</c> is there.</summary>
public sealed record OpenTelemetryProvider
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>Longest path in a span: 256.</summary>
    [Range(0)]
    public int MaxTagLength { get; init; }

    /// <summary>Spans are sent over HTTP.</summary>
    [OneOf("transport")]
    public ProviderHttp? Http { get; init; }

    /// <summary>Spans are sent over gRPC, with these settings.</summary>
    [OneOf("transport")]
    public ProviderGrpc? Grpc { get; init; }

    /// <summary>What is added to the resource of each span.</summary>
    public ResourceDetectors? ResourceDetectors { get; init; }

    /// <summary>Dynatrace decides what is sampled.</summary>
    public DynatraceSampler? DynatraceSampler { get; init; }
}

/// <summary>Reports over HTTP.</summary>
public sealed record ProviderHttp
{
    /// <summary>Where reports are sent.</summary>
    [Required]
    public string Path { get; init; } = "";

    /// <summary>Time for a report: 3 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Headers of a report.</summary>
    public IReadOnlyList<ProviderHeader> Headers { get; init; } = [];
}

/// <summary>Reports over gRPC.</summary>
public sealed record ProviderGrpc
{
    /// <summary>Time for a report.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Metadata of a report.</summary>
    public IReadOnlyList<ProviderHeader> InitialMetadata { get; init; } = [];
}

/// <summary>A header of a report.</summary>
public sealed record ProviderHeader
{
    /// <summary>Of the header.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Of the header.</summary>
    [OneOf("header_value")]
    public string? Value { get; init; }

    /// <summary>Environment variable of the proxy that the value is in.</summary>
    [OneOf("header_value")]
    public string? EnvName { get; init; }
}

/// <summary>What is added to the resource of each span.</summary>
public sealed record ResourceDetectors
{
    /// <summary>What OTEL_RESOURCE_ATTRIBUTES says.</summary>
    public NoSettings? Environment { get; init; }

    /// <summary>What Dynatrace's files say.</summary>
    public NoSettings? Dynatrace { get; init; }
}

/// <summary>Dynatrace decides what is sampled.</summary>
public sealed record DynatraceSampler
{
    /// <summary>The environment.</summary>
    [Required]
    public string Tenant { get; init; } = "";

    /// <summary>The cluster.</summary>
    [Required]
    public int ClusterId { get; init; }

    /// <summary>Traces in a minute until there are settings: 1000.</summary>
    [Range(0)]
    public int RootSpansPerMinute { get; init; }

    /// <summary>Where the settings are; the provider's service when it is not there.</summary>
    public DynatraceService? HttpService { get; init; }
}

/// <summary>Dynatrace's settings.</summary>
public sealed record DynatraceService
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>How it is asked.</summary>
    [Required]
    public ProviderHttp? Http { get; init; }
}

/// <summary>OpenTelemetry gets access logs.</summary>
public sealed record OpenTelemetryLogProvider
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>otel_envoy_accesslog by default.</summary>
    public string LogName { get; init; } = "";

    /// <summary>What a line says; Istio's default text when it is not there.</summary>
    public OpenTelemetryLogFormat? LogFormat { get; init; }
}

/// <summary>What a line of an access log says.</summary>
public sealed record OpenTelemetryLogFormat
{
    /// <summary>Substitution format of its body.</summary>
    public string Text { get; init; } = "";

    /// <summary>Its attributes: name → substitution format.</summary>
    public JsonObject? Labels { get; init; }
}
