// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>When a connection is asked whether it lives (Envoy <c>KeepaliveSettings</c>).</summary>
/// <param name="Timeout"><c>timeout</c>: for an answer, or anything else from the peer; then the connection is dead.</param>
public sealed record Http2KeepAliveOptions(TimeSpan Timeout)
{
    /// <summary><c>interval</c> between questions; zero for none.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary><c>interval_jitter</c>: up to so many percent of the interval are added to it, 15.</summary>
    public double JitterPercent { get; init; } = 15;

    /// <summary>
    /// <c>connection_idle_interval</c>, of a client: a request on a connection that was quiet for longer takes a question with
    /// it; zero for none.
    /// </summary>
    public TimeSpan IdleInterval { get; init; }
}
