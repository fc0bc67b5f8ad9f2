// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using Lateen.Http;
using Lateen.Proxy.Http;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters.Fault;

/// <summary>
/// Delays and aborts requests (<c>envoy.filters.http.fault</c>): first the delay, then the abort. A route's settings take the
/// place of the filter's.
/// </summary>
internal sealed class FaultFilter(string name, Fault own, FaultStats stats) : IHttpFilter
{
    public string Name { get; } = name;

    public FilterVerdict OnRequestHead(StreamInfo stream, IFilterControl control)
    {
        var fault = Of(stream);
        if (!fault.Concerns(stream))
            return FilterVerdict.Continue;
        var delay = DelayOf(fault.Spec.Delay, stream.Request, control.NextRandom());
        if (delay <= TimeSpan.Zero || !stats.TryBegin(control.Worker, fault.Spec.MaxActive))
            return AbortOrContinue(fault, stream, control);
        stream.Flags |= ResponseFlags.DelayInjected;
        control.ResumeAfter(delay);
        return FilterVerdict.Pause;
    }

    public FilterVerdict OnResumed(StreamInfo stream, IFilterControl control)
    {
        stats.End(control.Worker);
        return AbortOrContinue(Of(stream), stream, control);
    }

    /// <summary>An abort with a gRPC status answers a gRPC request with that status rather than with what HTTP's maps to.</summary>
    public void OnResponseHead(StreamInfo stream)
    {
        if ((stream.Flags & ResponseFlags.FaultInjected) == ResponseFlags.None || !GrpcReply.IsGrpc(stream.Request))
            return;
        if (Of(stream).Spec.Abort is not { } abort)
            return;
        var status =
            abort.GrpcStatus ?? (abort.IsFromHeader ? (int?)Number(stream.Request, FaultHeaders.AbortGrpc) : null);
        if (status is null)
            return;
        Span<byte> digits = stackalloc byte[11];
        Utf8Formatter.TryFormat(status.Value, digits, out var length);
        stream.Response.Headers.Set(KnownHeader.GrpcStatus, digits[..length]);
    }

    private Fault Of(StreamInfo stream) =>
        stream.Route is { } route && route.FilterOverrides.TryGet(Name, out var settings)
            ? settings.Config as Fault ?? own
            : own;

    private FilterVerdict AbortOrContinue(Fault fault, StreamInfo stream, IFilterControl control)
    {
        if (fault.Spec.Abort is not { } abort || ReplyOf(fault, abort, stream.Request, control) is not { } reply)
            return FilterVerdict.Continue;
        stats.OnAbort(control.Worker);
        return FilterVerdict.Answer(reply);
    }

    private static TimeSpan DelayOf(FaultDelaySpec? delay, RequestHead request, ulong random)
    {
        if (delay is null || !IsDrawn(random, delay.Share, delay.Fixed is null, FaultHeaders.DelayPercentage, request))
            return TimeSpan.Zero;
        return delay.Fixed
            ?? (Number(request, FaultHeaders.Delay) is { } asked ? TimeSpan.FromMilliseconds(asked) : TimeSpan.Zero);
    }

    private static LocalReply? ReplyOf(Fault fault, FaultAbortSpec abort, RequestHead request, IFilterControl control)
    {
        if (!IsDrawn(control.NextRandom(), abort.Share, abort.IsFromHeader, FaultHeaders.AbortPercentage, request))
            return null;
        if (!abort.IsFromHeader)
            return fault.Reply;
        if (Number(request, FaultHeaders.Abort) is { } status and >= 200 and < 600)
            return Fault.ReplyWith((int)status);
        return Number(request, FaultHeaders.AbortGrpc) is { } grpc
            ? Fault.ReplyWith(GrpcStatus.ToHttp((int)grpc))
            : null;
    }

    /// <summary>A request may ask for less than the configured share, never for more.</summary>
    private static bool IsDrawn(
        ulong random,
        uint share,
        bool mayBeLowered,
        ReadOnlySpan<byte> header,
        RequestHead request
    )
    {
        if (mayBeLowered && Number(request, header) is { } percent)
            share = (uint)Math.Min(share, Math.Min(percent, 100) * 10_000);
        return random % 1_000_000 < share;
    }

    private static uint? Number(RequestHead request, ReadOnlySpan<byte> header) =>
        request.Headers.TryGet(header, out var value)
        && Utf8Parser.TryParse(value, out uint number, out var used)
        && used == value.Length
            ? number
            : null;
}
