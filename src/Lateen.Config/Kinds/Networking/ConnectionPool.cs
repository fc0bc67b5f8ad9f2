// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Limits and timeouts of connections to a service, of each proxy.</summary>
public sealed record ConnectionPool
{
    /// <summary>For all protocols.</summary>
    public TcpSettings? Tcp { get; init; }

    /// <summary>For HTTP.</summary>
    public HttpSettings? Http { get; init; }
}

/// <summary>Connections as such.</summary>
public sealed record TcpSettings
{
    /// <summary>No limit by default.</summary>
    [Range(1)]
    public int? MaxConnections { get; init; }

    /// <summary>The mesh's by default, 10 s.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Keepalive of the operating system.</summary>
    [NotInForce]
    public TcpKeepalive? TcpKeepalive { get; init; }

    /// <summary>No limit by default.</summary>
    [NotInForce]
    public TimeSpan? MaxConnectionDuration { get; init; }

    /// <summary>1 hour by default; 0s turns it off.</summary>
    [NotInForce, Range(0)]
    public TimeSpan? IdleTimeout { get; init; }
}

/// <summary>Keepalive of the operating system; what is not there is as it has it.</summary>
public sealed record TcpKeepalive
{
    /// <summary>Probes without an answer after which the connection is dead.</summary>
    [Range(0)]
    public int Probes { get; init; }

    /// <summary>Idle time until the first probe.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Time between probes.</summary>
    public TimeSpan? Interval { get; init; }
}

/// <summary>Requests on the connections.</summary>
public sealed record HttpSettings
{
    /// <summary>Requests that wait for a connection: no limit by default.</summary>
    [Range(0)]
    public int? Http1MaxPendingRequests { get; init; }

    /// <summary>Requests in progress: no limit by default.</summary>
    [Range(0)]
    public int? Http2MaxRequests { get; init; }

    /// <summary>Requests until a connection is closed; 0, the default, for any number; 1 turns keep-alive off.</summary>
    [Range(0)]
    public int? MaxRequestsPerConnection { get; init; }

    /// <summary>Retries in progress: no limit by default.</summary>
    [Range(0)]
    public int? MaxRetries { get; init; }

    /// <summary>1 hour by default.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Whether HTTP/1.1 becomes HTTP/2 on its way.</summary>
    [NotInForce]
    public H2UpgradePolicy H2UpgradePolicy { get; init; }

    /// <summary>Uses the protocol that the client used.</summary>
    [NotInForce]
    public bool UseClientProtocol { get; init; }

    /// <summary>Streams on one HTTP/2 connection: 2147483647 by default.</summary>
    [NotInForce, Range(0)]
    public int? MaxConcurrentStreams { get; init; }

    /// <summary>Pings on HTTP/2 connections; off by default.</summary>
    [NotInForce]
    public Http2KeepAlive? Http2KeepAlive { get; init; }
}

/// <summary>Pings on HTTP/2 connections.</summary>
public sealed record Http2KeepAlive
{
    /// <summary>Time between pings.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Time for the answer.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>Whether HTTP/1.1 becomes HTTP/2 on its way.</summary>
public enum H2UpgradePolicy : byte
{
    /// <summary>As the mesh has it.</summary>
    Default,

    /// <summary>It does not.</summary>
    DoNotUpgrade,

    /// <summary>It does.</summary>
    Upgrade,
}
