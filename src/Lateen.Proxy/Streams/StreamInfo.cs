// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Net;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Streams;

/// <summary>
/// What is known about one request, or one TCP connection, while it is served and when it is logged. Owned by an
/// exchange, reused from one to the next, touched by its worker only.
/// </summary>
public sealed class StreamInfo
{
    /// <summary>The request; for a TCP connection its head is empty.</summary>
    public RequestHead Request { get; } = new();

    /// <summary>The response as sent downstream.</summary>
    public ResponseHead Response { get; } = new();

    /// <summary>Wall clock at the first byte of the request, in ticks of <see cref="TimeSpan"/> since the Unix epoch.</summary>
    public long StartUnixTicks { get; set; }

    /// <summary>Monotonic clock at the first byte, in <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
    public long StartTimestamp { get; set; }

    /// <summary>From the first byte of the request to the last byte of the response.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Status sent downstream; 0 when the client went away first.</summary>
    public int ResponseCode { get; set; }

    /// <summary>Status of a gRPC call (<c>grpc-status</c>), from trailers or a head without body, as it came; null while there is none.</summary>
    public int? GrpcStatus { get; set; }

    /// <summary>The response, as it came, has no body; known when filters see its head.</summary>
    public bool EndsWithHead { get; set; }

    public ResponseFlags Flags { get; set; }

    /// <summary>Envoy's response code details, as <c>via_upstream</c> or <c>route_not_found</c>.</summary>
    public string? ResponseCodeDetails { get; set; }

    public string? ConnectionTerminationDetails { get; set; }

    public string? UpstreamTransportFailureReason { get; set; }

    /// <summary>Body bytes received from downstream, framing excluded.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Body bytes sent downstream, framing excluded.</summary>
    public long BytesSent { get; set; }

    /// <summary>Name of the route that matched; null when none did or it has no name.</summary>
    public string? RouteName { get; set; }

    /// <summary>The cluster the request went to; null when it went to none.</summary>
    public ClusterRuntime? Cluster { get; set; }

    /// <summary>Name of the cluster the request went to; null when it went to none.</summary>
    public string? UpstreamCluster { get; set; }

    /// <summary>Address of the endpoint, as <c>10.0.0.1:9080</c>; text is made once per endpoint.</summary>
    public string? UpstreamHost { get; set; }

    public string? UpstreamLocalAddress { get; set; }

    /// <summary>Text made once per connection.</summary>
    public string? DownstreamLocalAddress { get; set; }

    /// <summary>Who the client is for the connection: its peer, or whom a PROXY protocol header names. Text made once per connection.</summary>
    public string? DownstreamRemoteAddress { get; set; }

    /// <summary>The connection's peer. Text made once per connection.</summary>
    public string? DownstreamDirectRemoteAddress { get; set; }

    /// <summary>The client by x-forwarded-for, as far as that is believed, with port 0; none where the connection tells.</summary>
    public NetAddress ForwardedClient { get; set; }

    /// <summary>SNI that the client sent; null for none.</summary>
    public string? RequestedServerName { get; set; }

    /// <summary>What listener filters found out about the client's connection.</summary>
    public InspectedConnection Inspected { get; set; } = InspectedConnection.Nothing;

    /// <summary>What the client's handshake settled; null in plaintext.</summary>
    public TlsConnection? DownstreamTls { get; set; }

    /// <summary>What the handshake with the endpoint settled; null in plaintext, and where no connection came about.</summary>
    public TlsConnection? UpstreamTls { get; set; }

    /// <summary>Which line of an access log is written.</summary>
    public AccessLogType LogType { get; set; }

    /// <summary>Upstream attempts made, the first one included.</summary>
    public int AttemptCount { get; set; }

    /// <summary>The port that was cut off the request's host; 0 for none. A CONNECT that goes on gets it back.</summary>
    internal int StrippedPort { get; set; }

    /// <summary>Value of the affinity cookie that was made for the request; 0 for none.</summary>
    internal ulong MadeCookie { get; set; }

    /// <summary>Somebody asks for the proxy's or the workload's health: not counted among requests, nor logged where a log says so.</summary>
    public bool IsHealthCheck { get; set; }

    /// <summary>The route that matched; null before routing and when none did. Filters find their settings for it there.</summary>
    public RouteEntry? Route { get; set; }

    /// <summary>Makes the record empty for its next use; keeps its memory.</summary>
    public void Clear()
    {
        Request.Clear();
        Response.Clear();
        StartUnixTicks = 0;
        StartTimestamp = 0;
        Duration = TimeSpan.Zero;
        ResponseCode = 0;
        EndsWithHead = false;
        GrpcStatus = null;
        Flags = ResponseFlags.None;
        ResponseCodeDetails = null;
        ConnectionTerminationDetails = null;
        UpstreamTransportFailureReason = null;
        BytesReceived = 0;
        BytesSent = 0;
        RouteName = null;
        Cluster = null;
        UpstreamCluster = null;
        UpstreamHost = null;
        UpstreamLocalAddress = null;
        DownstreamLocalAddress = null;
        DownstreamRemoteAddress = null;
        DownstreamDirectRemoteAddress = null;
        ForwardedClient = default;
        RequestedServerName = null;
        Inspected = InspectedConnection.Nothing;
        DownstreamTls = null;
        UpstreamTls = null;
        LogType = AccessLogType.NotSet;
        AttemptCount = 0;
        StrippedPort = 0;
        MadeCookie = 0;
        IsHealthCheck = false;
        Route = null;
    }
}
