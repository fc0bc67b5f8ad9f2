// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Overload;

/// <summary>Timeouts that pressure may shorten (Envoy <c>ScaleTimersOverloadActionConfig.TimerType</c>).</summary>
public enum ScaledTimer : byte
{
    /// <summary><c>idle_timeout</c> of a connection manager.</summary>
    HttpDownstreamConnectionIdle,

    /// <summary><c>stream_idle_timeout</c>, or a route's <c>idle_timeout</c>.</summary>
    HttpDownstreamStreamIdle,

    /// <summary><c>transport_socket_connect_timeout</c>.</summary>
    TransportSocketConnect,

    /// <summary><c>max_connection_duration</c>.</summary>
    HttpDownstreamConnectionMax,
}

/// <summary>How short a timeout becomes at the most.</summary>
/// <param name="MinTimeout"><c>min_timeout</c>; zero where a share is given.</param>
/// <param name="MinScale"><c>min_scale</c>, as a share from 0 to 1; 0 where a time is given.</param>
public sealed record TimerScale(ScaledTimer Timer, TimeSpan MinTimeout, double MinScale)
{
    public TimeSpan LeastOf(TimeSpan configured) => MinScale > 0 ? configured * MinScale : MinTimeout;
}
