// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>A service that gets traces.</summary>
public sealed record TracingProvider
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
}

/// <summary>A service that gets traces, and asks for a token.</summary>
public sealed record TokenTracingProvider
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>The token.</summary>
    public string AccessToken { get; init; } = "";

    /// <summary>Longest path in a span: 256.</summary>
    [Range(0)]
    public int MaxTagLength { get; init; }
}

/// <summary>SkyWalking.</summary>
public sealed record SkyWalkingProvider
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>The token.</summary>
    public string AccessToken { get; init; } = "";
}

/// <summary>Zipkin and its like.</summary>
public sealed record ZipkinProvider
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

    /// <summary>Trace ids of 64 bits, and not of 128.</summary>
    [Word("enable64bitTraceId")]
    public bool Enable64BitTraceId { get; init; }

    /// <summary>Where spans are sent: <c>/api/v2/spans</c>.</summary>
    public string Path { get; init; } = "";

    /// <summary>Which headers carry the context: USE_B3.</summary>
    public ZipkinTraceContext TraceContextOption { get; init; }

    /// <summary>Time for a report: 5 s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Headers of a report.</summary>
    public IReadOnlyList<ProviderHeader> Headers { get; init; } = [];
}

/// <summary>Which headers carry the context.</summary>
public enum ZipkinTraceContext : byte
{
    /// <summary>B3.</summary>
    [Word("USE_B3")]
    UseB3,

    /// <summary>B3 and W3C.</summary>
    [Word("USE_B3_WITH_W3C_PROPAGATION")]
    UseB3WithW3CPropagation,
}

/// <summary>Google Cloud.</summary>
public sealed record StackdriverProvider
{
    /// <summary>Writes traces to the proxy's output, too.</summary>
    [Deprecated("remove it")]
    public bool Debug { get; init; }

    /// <summary>Most attributes of a span: 200.</summary>
    [Deprecated("remove it")]
    public long? MaxNumberOfAttributes { get; init; }

    /// <summary>Most annotations of a span: 200.</summary>
    [Deprecated("remove it")]
    public long? MaxNumberOfAnnotations { get; init; }

    /// <summary>Most message events of a span: 200.</summary>
    [Deprecated("remove it")]
    public long? MaxNumberOfMessageEvents { get; init; }

    /// <summary>Longest path in a span: 256.</summary>
    [Range(0)]
    public int MaxTagLength { get; init; }

    /// <summary>Logs.</summary>
    public StackdriverLogging? Logging { get; init; }
}

/// <summary>Logs of Google Cloud.</summary>
public sealed record StackdriverLogging
{
    /// <summary>Labels of a line: name → CEL expression.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>An OpenCensus agent.</summary>
public sealed record OpenCensusProvider
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>Which headers carry the context: W3C_TRACE_CONTEXT.</summary>
    public IReadOnlyList<OpenCensusTraceContext> Context { get; init; } = [];

    /// <summary>Longest path in a span: 256.</summary>
    [Range(0)]
    public int MaxTagLength { get; init; }
}

/// <summary>Which header carries the context.</summary>
public enum OpenCensusTraceContext : byte
{
    /// <summary>Not a value to use.</summary>
    Unspecified,

    /// <summary>traceparent.</summary>
    [Word("W3C_TRACE_CONTEXT")]
    W3CTraceContext,

    /// <summary>grpc-trace-bin.</summary>
    GrpcBin,

    /// <summary>X-Cloud-Trace-Context.</summary>
    CloudTraceContext,

    /// <summary>X-B3-TraceId and so on.</summary>
    [Word("B3")]
    B3,
}
