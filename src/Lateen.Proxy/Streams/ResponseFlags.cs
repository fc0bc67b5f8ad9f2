// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Streams;

/// <summary>Why a response is what it is: Envoy's response flags, of which a stream may carry several.</summary>
[Flags]
public enum ResponseFlags
{
    None = 0,

    /// <summary>UH: no healthy upstream.</summary>
    NoHealthyUpstream = 1 << 0,

    /// <summary>UF: upstream connection failure.</summary>
    UpstreamConnectionFailure = 1 << 1,

    /// <summary>UO: upstream overflow (circuit breaker).</summary>
    UpstreamOverflow = 1 << 2,

    /// <summary>NR: no route.</summary>
    NoRoute = 1 << 3,

    /// <summary>URX: upstream retry limit exceeded.</summary>
    UpstreamRetryLimit = 1 << 4,

    /// <summary>NC: no cluster found.</summary>
    NoCluster = 1 << 5,

    /// <summary>DC: downstream connection termination.</summary>
    DownstreamTermination = 1 << 6,

    /// <summary>UT: upstream request timeout.</summary>
    UpstreamTimeout = 1 << 7,

    /// <summary>UR: upstream remote reset.</summary>
    UpstreamRemoteReset = 1 << 8,

    /// <summary>UC: upstream connection termination.</summary>
    UpstreamTermination = 1 << 9,

    /// <summary>SI: stream idle timeout.</summary>
    StreamIdleTimeout = 1 << 10,

    /// <summary>DPE: downstream protocol error.</summary>
    DownstreamProtocolError = 1 << 11,

    /// <summary>UPE: upstream protocol error.</summary>
    UpstreamProtocolError = 1 << 12,

    /// <summary>UMSDR: maximum stream duration reached.</summary>
    MaxStreamDuration = 1 << 13,

    /// <summary>OM: overload manager terminated the request.</summary>
    OverloadManager = 1 << 14,

    /// <summary>DF: DNS resolution failed.</summary>
    DnsFailure = 1 << 15,

    /// <summary>DI: delayed by the fault filter.</summary>
    DelayInjected = 1 << 16,

    /// <summary>FI: aborted by the fault filter.</summary>
    FaultInjected = 1 << 17,

    /// <summary>DO: dropped since the endpoints are overloaded.</summary>
    DropOverload = 1 << 18,

    /// <summary>DT: the connection lasted as long as it may.</summary>
    DurationTimeout = 1 << 19,

    /// <summary>IH: an x-envoy-* header of the request makes no sense, and it is checked strictly.</summary>
    InvalidEnvoyRequestHeaders = 1 << 20,

    /// <summary>LH: a health check of the proxy or its workload was answered with a failure.</summary>
    FailedLocalHealthCheck = 1 << 21,
}
