// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Observability;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>Not in use.</summary>
public sealed record ProxySds
{
    /// <summary>Not in use.</summary>
    public bool Enabled { get; init; }

    /// <summary>Not in use.</summary>
    [Word("k8sSaJwtPath")]
    public string K8sSaJwtPath { get; init; } = "";
}

/// <summary>A service that a proxy talks to.</summary>
public sealed record RemoteService
{
    /// <summary><c>host:port</c> of the service.</summary>
    public string Address { get; init; } = "";

    /// <summary>TLS towards it.</summary>
    public ClientTls? TlsSettings { get; init; }

    /// <summary>Keepalive of the operating system towards it.</summary>
    public TcpKeepalive? TcpKeepalive { get; init; }
}

/// <summary>What is in front of gateways.</summary>
public sealed record GatewayTopology
{
    /// <summary>Proxies in front that are trusted: the client's address is so many from the end of X-Forwarded-For. 0 by default.</summary>
    [Range(0)]
    public int NumTrustedProxies { get; init; }

    /// <summary>What becomes of the client's certificate: SANITIZE_SET.</summary>
    public ForwardClientCert ForwardClientCertDetails { get; init; }

    /// <summary>What is in front tells of the client by the PROXY protocol.</summary>
    public NoSettings? ProxyProtocol { get; init; }
}

/// <summary>What becomes of the header X-Forwarded-Client-Cert.</summary>
public enum ForwardClientCert : byte
{
    /// <summary>SANITIZE_SET on gateways, APPEND_FORWARD on sidecars.</summary>
    Undefined,

    /// <summary>It is removed.</summary>
    Sanitize,

    /// <summary>It goes on, where the client showed a certificate.</summary>
    ForwardOnly,

    /// <summary>The client's certificate is added, where it showed one.</summary>
    AppendForward,

    /// <summary>The client's certificate takes its place.</summary>
    SanitizeSet,

    /// <summary>It goes on.</summary>
    AlwaysForwardOnly,
}

/// <summary>Statistics beside those that Istio keeps.</summary>
public sealed record ProxyStatsMatcher
{
    /// <summary>How their names begin.</summary>
    public IReadOnlyList<string> InclusionPrefixes { get; init; } = [];

    /// <summary>How their names end.</summary>
    public IReadOnlyList<string> InclusionSuffixes { get; init; } = [];

    /// <summary>Patterns for their names.</summary>
    public IReadOnlyList<string> InclusionRegexps { get; init; } = [];
}

/// <summary>Hardware that signs.</summary>
public sealed record PrivateKeyProvider
{
    /// <summary>Intel's CryptoMB.</summary>
    [OneOf("provider")]
    public CryptoMb? Cryptomb { get; init; }

    /// <summary>Intel's QAT.</summary>
    [OneOf("provider")]
    public CryptoMb? Qat { get; init; }
}

/// <summary>Intel's ways to sign.</summary>
public sealed record CryptoMb
{
    /// <summary>How long a queue may wait to be full.</summary>
    public TimeSpan? PollDelay { get; init; }

    /// <summary>Software signs where there is no hardware.</summary>
    public bool? Fallback { get; init; }
}

/// <summary>Traces of a proxy.</summary>
public sealed record ProxyTracing
{
    /// <summary>They go to Zipkin.</summary>
    [OneOf("tracer")]
    public TracerAddress? Zipkin { get; init; }

    /// <summary>They go to Lightstep.</summary>
    [OneOf("tracer"), Deprecated("use an extension provider")]
    public LightstepTracer? Lightstep { get; init; }

    /// <summary>They go to Datadog.</summary>
    [OneOf("tracer")]
    public TracerAddress? Datadog { get; init; }

    /// <summary>They go to Google Cloud.</summary>
    [OneOf("tracer")]
    public StackdriverTracer? Stackdriver { get; init; }

    /// <summary>They go to an OpenCensus agent.</summary>
    [OneOf("tracer")]
    public OpenCensusTracer? OpenCensusAgent { get; init; }

    /// <summary>Tags of each span, by name.</summary>
    public IReadOnlyDictionary<string, CustomTag> CustomTags { get; init; } = new Dictionary<string, CustomTag>();

    /// <summary>Longest path in a span: 256.</summary>
    [Range(0)]
    public int MaxPathTagLength { get; init; }

    /// <summary>Per cent of the requests that begin a trace, if they are in none: 1.</summary>
    [Range(0, 100)]
    public double Sampling { get; init; } = 1;

    /// <summary>TLS towards it.</summary>
    public ClientTls? TlsSettings { get; init; }

    /// <summary>Whether spans carry Istio's own tags: true.</summary>
    public bool? EnableIstioTags { get; init; }
}

/// <summary>Where traces go.</summary>
public sealed record TracerAddress
{
    /// <summary><c>host:port</c>.</summary>
    public string Address { get; init; } = "";
}

/// <summary>Lightstep.</summary>
public sealed record LightstepTracer
{
    /// <summary><c>host:port</c>.</summary>
    public string Address { get; init; } = "";

    /// <summary>The token.</summary>
    public string AccessToken { get; init; } = "";
}

/// <summary>Google Cloud.</summary>
public sealed record StackdriverTracer
{
    /// <summary>Writes traces to the proxy's output, too.</summary>
    public bool Debug { get; init; }

    /// <summary>Most attributes of a span: 200.</summary>
    public long? MaxNumberOfAttributes { get; init; }

    /// <summary>Most annotations of a span: 200.</summary>
    public long? MaxNumberOfAnnotations { get; init; }

    /// <summary>Most message events of a span: 200.</summary>
    public long? MaxNumberOfMessageEvents { get; init; }
}

/// <summary>An OpenCensus agent.</summary>
public sealed record OpenCensusTracer
{
    /// <summary>Its gRPC address.</summary>
    public string Address { get; init; } = "";

    /// <summary>Which headers carry the context: W3C_TRACE_CONTEXT.</summary>
    public IReadOnlyList<OpenCensusTraceContext> Context { get; init; } = [];
}
