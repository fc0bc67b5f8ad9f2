// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Kinds;

/// <summary>What happens to traffic once its service is known (Istio <c>networking.istio.io DestinationRule</c>).</summary>
public sealed record DestinationRule
{
    public required string Host { get; init; }

    public TrafficPolicy TrafficPolicy { get; init; } = TrafficPolicy.None;

    public IReadOnlyList<Subset> Subsets { get; init; } = [];
}

/// <summary>Workloads of the service that carry all the labels.</summary>
public sealed record Subset(string Name, IReadOnlyDictionary<string, string> Labels, TrafficPolicy TrafficPolicy);

/// <summary>Settings of a cluster; null means "as one level above".</summary>
public sealed record TrafficPolicy
{
    public static TrafficPolicy None { get; } = new();

    public LoadBalancing? LoadBalancer { get; init; }

    /// <summary><c>connectionPool.tcp.connectTimeout</c>: the mesh's, 10 s.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary><c>connectionPool.tcp.maxConnections</c>: no limit.</summary>
    public int? MaxConnections { get; init; }

    /// <summary><c>connectionPool.http.http1MaxPendingRequests</c>: no limit.</summary>
    public int? MaxPendingRequests { get; init; }

    /// <summary><c>connectionPool.http.http2MaxRequests</c>: no limit.</summary>
    public int? MaxRequests { get; init; }

    /// <summary><c>connectionPool.http.maxRetries</c>: no limit.</summary>
    public int? MaxRetries { get; init; }

    /// <summary><c>connectionPool.http.maxRequestsPerConnection</c>: no limit.</summary>
    public int? MaxRequestsPerConnection { get; init; }

    /// <summary><c>connectionPool.http.idleTimeout</c>: 1 hour.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary><c>portLevelSettings</c>, by port: they replace the rest for it.</summary>
    public IReadOnlyDictionary<int, TrafficPolicy> Ports { get; init; } = new Dictionary<int, TrafficPolicy>();

    /// <summary>This policy where it says something, else <paramref name="below"/>'s.</summary>
    public TrafficPolicy Over(TrafficPolicy below) =>
        new()
        {
            LoadBalancer = LoadBalancer ?? below.LoadBalancer,
            ConnectTimeout = ConnectTimeout ?? below.ConnectTimeout,
            MaxConnections = MaxConnections ?? below.MaxConnections,
            MaxPendingRequests = MaxPendingRequests ?? below.MaxPendingRequests,
            MaxRequests = MaxRequests ?? below.MaxRequests,
            MaxRetries = MaxRetries ?? below.MaxRetries,
            MaxRequestsPerConnection = MaxRequestsPerConnection ?? below.MaxRequestsPerConnection,
            IdleTimeout = IdleTimeout ?? below.IdleTimeout,
            Ports = Ports.Count > 0 ? Ports : below.Ports,
        };
}

/// <summary><c>loadBalancer.simple</c>.</summary>
public enum LoadBalancing : byte
{
    LeastRequest,
    RoundRobin,
    Random,
}
