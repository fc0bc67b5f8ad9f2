// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Http;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters.Fault;

/// <summary>Executable form of a <see cref="FaultSpec"/>.</summary>
internal sealed class Fault
{
    private static readonly byte[] s_body = "fault filter abort"u8.ToArray();
    private readonly HeaderCondition[] _headers;

    public Fault(FaultSpec spec)
    {
        Spec = spec;
        _headers = HeaderCondition.All(spec.Headers);
        if (spec.Abort is { IsFromHeader: false } abort)
            Reply = ReplyWith(abort.HttpStatus ?? GrpcStatus.ToHttp(abort.GrpcStatus!.Value));
    }

    public FaultSpec Spec { get; }

    /// <summary>The answer of an abort whose status is configured; made once.</summary>
    public LocalReply? Reply { get; }

    /// <summary>Whether the request is one of those the fault is for.</summary>
    public bool Concerns(StreamInfo stream)
    {
        if (Spec.Cluster is not null && !GoesTo(Spec.Cluster, stream.Route))
            return false;
        foreach (var header in _headers)
        {
            if (!header.IsMet(stream.Request))
                return false;
        }
        return true;
    }

    public static LocalReply ReplyWith(int status) =>
        new(status, s_body, "fault_filter_abort", ResponseFlags.FaultInjected);

    private static bool GoesTo(string cluster, RouteEntry? route) =>
        route?.Spec.Action is ForwardActionSpec { Clusters: [var only] } && only.Name == cluster;
}
