// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>A service that traces, metrics, logs or decisions go to: exactly one of its kinds.</summary>
public sealed record ExtensionProvider
{
    /// <summary>What resources call it.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Decides on requests, over HTTP.</summary>
    [OneOf("provider", IsRequired = true)]
    public HttpAuthorizer? EnvoyExtAuthzHttp { get; init; }

    /// <summary>Decides on requests and connections, over gRPC.</summary>
    [OneOf("provider", IsRequired = true)]
    public GrpcAuthorizer? EnvoyExtAuthzGrpc { get; init; }

    /// <summary>Gets traces: Zipkin and its like.</summary>
    [OneOf("provider", IsRequired = true)]
    public ZipkinProvider? Zipkin { get; init; }

    /// <summary>Gets traces: Lightstep.</summary>
    [OneOf("provider", IsRequired = true), Deprecated("use opentelemetry")]
    public TokenTracingProvider? Lightstep { get; init; }

    /// <summary>Gets traces: Datadog.</summary>
    [OneOf("provider", IsRequired = true)]
    public TracingProvider? Datadog { get; init; }

    /// <summary>Gets traces, metrics and logs: Google Cloud.</summary>
    [OneOf("provider", IsRequired = true)]
    public StackdriverProvider? Stackdriver { get; init; }

    /// <summary>Gets traces: an OpenCensus agent.</summary>
    [OneOf("provider", IsRequired = true), Deprecated("use opentelemetry")]
    public OpenCensusProvider? Opencensus { get; init; }

    /// <summary>Gets traces: SkyWalking.</summary>
    [OneOf("provider", IsRequired = true)]
    public SkyWalkingProvider? Skywalking { get; init; }

    /// <summary>Gets traces: OpenTelemetry.</summary>
    [OneOf("provider", IsRequired = true)]
    public OpenTelemetryProvider? Opentelemetry { get; init; }

    /// <summary>Metrics are scraped: Prometheus.</summary>
    [OneOf("provider", IsRequired = true)]
    public NoSettings? Prometheus { get; init; }

    /// <summary>A file gets access logs.</summary>
    [OneOf("provider", IsRequired = true)]
    public FileLogProvider? EnvoyFileAccessLog { get; init; }

    /// <summary>Gets access logs of requests, by Envoy's protocol.</summary>
    [OneOf("provider", IsRequired = true)]
    public HttpLogProvider? EnvoyHttpAls { get; init; }

    /// <summary>Gets access logs of connections, by Envoy's protocol.</summary>
    [OneOf("provider", IsRequired = true)]
    public TcpLogProvider? EnvoyTcpAls { get; init; }

    /// <summary>Gets access logs: OpenTelemetry.</summary>
    [OneOf("provider", IsRequired = true)]
    public OpenTelemetryLogProvider? EnvoyOtelAls { get; init; }

    /// <summary>Gives secrets.</summary>
    [OneOf("provider", IsRequired = true)]
    public SecretProvider? Sds { get; init; }
}

/// <summary>There is nothing to say.</summary>
public sealed record NoSettings;

/// <summary>A service that gives secrets.</summary>
public sealed record SecretProvider
{
    /// <summary>What resources call it.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }
}
