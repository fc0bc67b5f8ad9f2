// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Workloads outside Kubernetes that are alike: each becomes a WorkloadEntry when its proxy connects.</summary>
[Kind("networking.istio.io", "workloadgroups", "v1", "v1beta1", "v1alpha3", ShortNames = ["wg"], IsNotInForce = true)]
public sealed record WorkloadGroup
{
    /// <summary>Labels and annotations of the WorkloadEntries.</summary>
    public WorkloadGroupMetadata? Metadata { get; init; }

    /// <summary>What the WorkloadEntries have in common; their addresses come from their proxies.</summary>
    [Required]
    public WorkloadEntry? Template { get; init; }

    /// <summary>How a workload's proxy finds out whether it is ready; without it, it always is.</summary>
    public ReadinessProbe? Probe { get; init; }
}

/// <summary>Labels and annotations.</summary>
public sealed record WorkloadGroupMetadata
{
    /// <summary>What others select the WorkloadEntries by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What tools note.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

/// <summary>How a proxy finds out whether its workload is ready, as Kubernetes would.</summary>
public sealed record ReadinessProbe
{
    /// <summary>Seconds from the start until the first look: 0.</summary>
    [Range(0)]
    public int InitialDelaySeconds { get; init; }

    /// <summary>Seconds until a look has failed: 1.</summary>
    [Range(0)]
    public int TimeoutSeconds { get; init; } = 1;

    /// <summary>Seconds between looks: 10.</summary>
    [Range(0)]
    public int PeriodSeconds { get; init; } = 10;

    /// <summary>Good looks in a row after which it is ready again: 1.</summary>
    [Range(0)]
    public int SuccessThreshold { get; init; } = 1;

    /// <summary>Failed looks in a row after which it is not ready: 3.</summary>
    [Range(0)]
    public int FailureThreshold { get; init; } = 3;

    /// <summary>A request must be answered with 200 to 399.</summary>
    [OneOf("health_check_method")]
    public HttpProbe? HttpGet { get; init; }

    /// <summary>A connection must come about.</summary>
    [OneOf("health_check_method")]
    public TcpProbe? TcpSocket { get; init; }

    /// <summary>A command must end with 0.</summary>
    [OneOf("health_check_method")]
    public ExecProbe? Exec { get; init; }

    /// <summary>gRPC's health service must say SERVING.</summary>
    [OneOf("health_check_method")]
    public GrpcProbe? Grpc { get; init; }
}

/// <summary>A request.</summary>
public sealed record HttpProbe
{
    /// <summary><c>/</c> when empty.</summary>
    public string Path { get; init; } = "";

    /// <summary>1 to 65535.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>The workload's address when empty.</summary>
    public string Host { get; init; } = "";

    /// <summary>HTTP, the default, or HTTPS.</summary>
    public string Scheme { get; init; } = "";

    /// <summary>Headers of the request.</summary>
    public IReadOnlyList<ProbeHeader> HttpHeaders { get; init; } = [];
}

/// <summary>A header.</summary>
public sealed record ProbeHeader
{
    /// <summary>Of the header.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of the header.</summary>
    public string Value { get; init; } = "";
}

/// <summary>A connection.</summary>
public sealed record TcpProbe
{
    /// <summary>The workload's address when empty.</summary>
    public string Host { get; init; } = "";

    /// <summary>1 to 65535.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }
}

/// <summary>A command.</summary>
public sealed record ExecProbe
{
    /// <summary>Program and arguments; no shell.</summary>
    [Required]
    public IReadOnlyList<string> Command { get; init; } = [];
}

/// <summary>gRPC's health service.</summary>
public sealed record GrpcProbe
{
    /// <summary>1 to 65535; the workload's only one when it is not there.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>Service that is asked for; the server as a whole when empty.</summary>
    public string Service { get; init; } = "";
}
