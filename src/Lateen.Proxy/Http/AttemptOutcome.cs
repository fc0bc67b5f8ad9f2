// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Http;

/// <summary>How one try to get an answer from an upstream ended.</summary>
internal enum AttemptOutcome : byte
{
    /// <summary>The response's head is there.</summary>
    Answered,

    /// <summary>No endpoint to choose from.</summary>
    NoEndpoint,

    /// <summary>A circuit breaker is open.</summary>
    Overflow,

    ConnectFailed,

    ConnectTimedOut,

    /// <summary>The connection ended before an answer.</summary>
    Closed,

    /// <summary>A pooled connection was closed by the server before it saw the request: nothing has happened yet.</summary>
    Stale,

    /// <summary>The upstream reset the stream.</summary>
    Reset,

    /// <summary>The upstream refused the stream before it did anything with it.</summary>
    Refused,

    /// <summary>What the upstream sent is no response.</summary>
    Malformed,

    /// <summary>The try took longer than <c>per_try_timeout</c>.</summary>
    TimedOut,

    /// <summary>The exchange was interrupted as a whole: see <see cref="Interruption"/>.</summary>
    Interrupted,

    /// <summary>The request's body is malformed, or its head too large to send on.</summary>
    BadRequest,
}

/// <summary>Why an exchange was interrupted by us.</summary>
internal enum Interruption : byte
{
    None,
    ClientLeft,
    RouteTimeout,
    TryTimeout,

    /// <summary>Nothing moved in a try for <c>per_try_idle_timeout</c>.</summary>
    TryIdle,

    /// <summary>The request's head took too long.</summary>
    HeadTimeout,

    /// <summary>The request as a whole took too long.</summary>
    RequestTimeout,
    MaxDuration,
    Idle,

    /// <summary>Its memory is needed for others.</summary>
    Overload,
}

/// <summary>What a client is told of a failure.</summary>
internal static class AttemptOutcomes
{
    /// <summary>The answer for an upstream that gave none.</summary>
    /// <param name="isRequestComplete">The request was here whole, so that it is the upstream which is late.</param>
    public static LocalReply ToReply(this AttemptOutcome outcome, Interruption interruption, bool isRequestComplete) =>
        outcome switch
        {
            AttemptOutcome.NoEndpoint => LocalReply.NoHealthyUpstream,
            AttemptOutcome.Overflow => LocalReply.Overflow,
            AttemptOutcome.ConnectFailed => LocalReply.ConnectFailed,
            AttemptOutcome.ConnectTimedOut => LocalReply.ConnectTimeout,
            AttemptOutcome.Malformed => LocalReply.UpstreamProtocolError,
            AttemptOutcome.Reset or AttemptOutcome.Refused => LocalReply.UpstreamReset,
            AttemptOutcome.TimedOut => interruption.ToReply(isRequestComplete),
            AttemptOutcome.Interrupted => interruption.ToReply(isRequestComplete),
            _ => LocalReply.UpstreamClosed,
        };

    /// <summary>The answer for an exchange that we interrupted.</summary>
    public static LocalReply ToReply(this Interruption interruption, bool isRequestComplete) =>
        interruption switch
        {
            Interruption.RouteTimeout => LocalReply.UpstreamTimeout,
            Interruption.TryTimeout => LocalReply.PerTryTimeout,
            Interruption.TryIdle => LocalReply.PerTryIdleTimeout,
            Interruption.MaxDuration => LocalReply.DurationTimeout(isRequestComplete),
            Interruption.HeadTimeout => LocalReply.RequestHeadTimeout,
            Interruption.RequestTimeout => LocalReply.RequestTimeout(isRequestComplete),
            Interruption.Overload => LocalReply.Reset,
            _ => LocalReply.StreamIdle(isRequestComplete),
        };
}
