// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Settings of a cluster; what is not there is as one level above.</summary>
public sealed record TrafficPolicy
{
    /// <summary>Who gets the next request.</summary>
    public LoadBalancer? LoadBalancer { get; init; }

    /// <summary>Limits and timeouts of connections.</summary>
    public ConnectionPool? ConnectionPool { get; init; }

    /// <summary>Takes out endpoints that fail.</summary>
    [NotInForce]
    public OutlierDetection? OutlierDetection { get; init; }

    /// <summary>TLS towards the service.</summary>
    [NotInForce]
    public ClientTls? Tls { get; init; }

    /// <summary>Settings of single ports, which replace the others for them, block by block.</summary>
    public IReadOnlyList<PortTrafficPolicy> PortLevelSettings { get; init; } = [];

    /// <summary>Sends connections through a proxy that tunnels them.</summary>
    [NotInForce]
    public TunnelSettings? Tunnel { get; init; }

    /// <summary>Tells the service who called, by a PROXY protocol header.</summary>
    [NotInForce]
    public ProxyProtocol? ProxyProtocol { get; init; }

    /// <summary>Limits retries relative to requests.</summary>
    [NotInForce]
    public RetryBudget? RetryBudget { get; init; }
}

/// <summary>Settings of one port.</summary>
public sealed record PortTrafficPolicy
{
    /// <summary>The service's port.</summary>
    [Required]
    public PortSelector? Port { get; init; }

    /// <summary>Who gets the next request.</summary>
    public LoadBalancer? LoadBalancer { get; init; }

    /// <summary>Limits and timeouts of connections.</summary>
    public ConnectionPool? ConnectionPool { get; init; }

    /// <summary>Takes out endpoints that fail.</summary>
    [NotInForce]
    public OutlierDetection? OutlierDetection { get; init; }

    /// <summary>TLS towards the service.</summary>
    [NotInForce]
    public ClientTls? Tls { get; init; }
}

/// <summary>A tunnel to the destination.</summary>
public sealed record TunnelSettings
{
    /// <summary>CONNECT (the default) or POST.</summary>
    public string Protocol { get; init; } = "CONNECT";

    /// <summary>Host that the tunnel ends at.</summary>
    [Required]
    public string TargetHost { get; init; } = "";

    /// <summary>Port that the tunnel ends at.</summary>
    [Required, Range(1, 65535)]
    public int TargetPort { get; init; }
}

/// <summary>The PROXY protocol header.</summary>
public sealed record ProxyProtocol
{
    /// <summary>V1 (text) or V2 (binary).</summary>
    public ProxyProtocolVersion Version { get; init; }
}

/// <summary>Version of the PROXY protocol.</summary>
public enum ProxyProtocolVersion : byte
{
    /// <summary>Text.</summary>
    [Word("V1")]
    V1,

    /// <summary>Binary.</summary>
    [Word("V2")]
    V2,
}

/// <summary>Limits retries relative to requests.</summary>
public sealed record RetryBudget
{
    /// <summary>Per cent of the requests in progress that may be retries.</summary>
    [Range(0, 100)]
    public double Percent { get; init; } = 20;

    /// <summary>Retries that are always allowed.</summary>
    [Range(0)]
    public int MinRetryConcurrency { get; init; } = 3;

    /// <summary>Counts requests of this long instead of those in progress; off by default.</summary>
    [Range(0)]
    public TimeSpan? BudgetInterval { get; init; }
}
