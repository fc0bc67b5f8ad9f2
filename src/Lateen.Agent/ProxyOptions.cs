// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Net;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Runtime;

namespace Lateen.Agent;

/// <summary>How a proxy process runs.</summary>
public sealed record ProxyOptions
{
    public required ProxyIdentity Identity { get; init; }

    /// <summary>Host and port of the control plane's plaintext xDS.</summary>
    public string DiscoveryAddress { get; init; } = "127.0.0.1:15010";

    /// <summary>The incremental variant of xDS (Istio <c>ISTIO_DELTA_XDS</c>, on by default).</summary>
    public bool UseDelta { get; init; } = true;

    /// <summary>Where Istio's agent serves secrets (the cluster <c>sds-grpc</c> of its bootstrap), when no cluster says otherwise.</summary>
    public NetAddress SecretAddress { get; init; } =
        NetAddress.FromUnixPath("./var/run/secrets/workload-spiffe-uds/socket");

    /// <summary>How long the first clusters and listeners are waited for.</summary>
    public SourceTimeouts SourceTimeouts { get; init; } = SourceTimeouts.Default;

    /// <summary>Worker threads; one per core by default.</summary>
    public int Concurrency { get; init; } = Environment.ProcessorCount;

    /// <summary>Where the last good configuration is kept; null keeps none.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Address of the admin ports.</summary>
    public IPAddress AdminAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Envoy's admin: 15000.</summary>
    public int AdminPort { get; init; } = 15000;

    /// <summary>pilot-agent's endpoints: 15020.</summary>
    public int AgentPort { get; init; } = 15020;

    /// <summary>Readiness: 15021.</summary>
    public int StatusPort { get; init; } = 15021;

    /// <summary>Prometheus: 15090.</summary>
    public int PrometheusPort { get; init; } = 15090;

    /// <summary>Limits, and what is done under pressure.</summary>
    public OverloadSpec Overload { get; init; } = OverloadSpec.None;

    /// <summary>Envoy's runtime, as it is at the start.</summary>
    public IReadOnlyDictionary<string, string> Runtime { get; init; } = new Dictionary<string, string>();

    /// <summary>How long connections of a changed listener may go on (Envoy <c>--drain-time-s</c>): 45 s.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long a stopping proxy still serves (Istio <c>terminationDrainDuration</c>): 5 s.</summary>
    public TimeSpan TerminationDrainDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A stopping proxy ends with its last connection (Istio <c>EXIT_ON_ZERO_ACTIVE_CONNECTIONS</c>).</summary>
    public bool ExitOnZeroActiveConnections { get; init; }
}
